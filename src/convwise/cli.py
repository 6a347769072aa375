"""The command line: reads options, asks the front door, prints; computes nothing."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convwise.errors import ConvwiseError, UsageError

if TYPE_CHECKING:
    from convwise.answers import Answer
    from convwise.network import Network

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Know what a convolutional network does to your data and what it costs.",
)

SourceArgument = Annotated[
    str,
    typer.Argument(
        help="a file (.py .m .onnx .keras .h5 .json .pt2), FILE:NAME, example:NAME, "
        "live:module:attribute, or - for stdin"
    ),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(help="[NAME=]SHAPE without batch: 128x128x3; a letter leaves a size open"),
]
SetOption = Annotated[
    list[str] | None, typer.Option(help="NAME=VALUE for a name the code leaves unknown")
]
DialectOption = Annotated[
    str | None, typer.Option(help="keras, torch, tensorflow1 or matlab, when it cannot be told")
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="print Markdown")]


def main() -> None:
    """The console script `convwise`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character shows its number instead.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit status: 0 fine, 2 the input is wrong."""
    try:
        result = app(arguments, standalone_mode=False)
    except ConvwiseError as error:
        return _refuse(error, as_json="--json" in arguments)
    except typer.Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        return 0
    except Exception as error:
        return _usage(error)
    return result if isinstance(result, int) else 0


def _usage(error: Exception) -> int:
    """Wrong options are typer's to word; anything else is our fault and keeps its traceback."""
    message = getattr(error, "format_message", None)
    if message is None:
        raise error
    print(f"error: {message()}", file=sys.stderr)
    print("  to change: convwise --help lists commands and options", file=sys.stderr)
    return 2


def _refuse(error: ConvwiseError, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": error.to_dict()}, indent=2))
    print(_plain(f"error: {error}"), file=sys.stderr)
    return error.exit_status


@app.callback()
def _front() -> None:
    """Keeps `summary` a subcommand."""


@app.command()
def version() -> None:
    """Print the version."""
    from convwise import __version__

    print(f"convwise {__version__}")


@app.command()
def summary(
    source: SourceArgument,
    input: InputOption = None,
    batch: Annotated[int | None, typer.Option(min=1, help="examples at once")] = None,
    dtype: Annotated[str, typer.Option(help="float32, float16, bfloat16 or float64")] = "float32",
    set: SetOption = None,
    dialect: DialectOption = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="every weight, in the order of every framework")
    ] = False,
    device: Annotated[
        str | None, typer.Option(help="lower bounds on time: here, H100-SXM, RTX-4090, M2 ...")
    ] = None,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Shapes, parameters, multiply-adds, receptive field: layer by layer, and why."""
    net = _read(source, input, set, dialect)
    answer = net.summary(batch=batch, dtype=dtype)
    times = net.bounds(device, batch, dtype) if device is not None else None
    if as_json:
        more = {} if times is None else {"time": times.to_dict()}
        print(json.dumps({**answer.to_dict(weights=weights), **more}, indent=2))
    elif markdown:
        tail = "" if times is None else f"\n{times.to_markdown()}"
        print(_plain(answer.to_markdown(weights=weights) + tail), end="")
    else:
        tail = "" if times is None else f"\n\n{times.text(_width())}"
        _show(answer.text(_width(), weights=weights) + tail)


@app.command()
def explain(
    source: SourceArgument,
    layer: Annotated[str | None, typer.Option(help="one layer, told in full")] = None,
    input: InputOption = None,
    batch: Annotated[int | None, typer.Option(min=1, help="examples at once")] = None,
    set: SetOption = None,
    dialect: DialectOption = None,
    framework: Annotated[
        bool, typer.Option(help="with --layer: PyTorch's own value beside ours, if installed")
    ] = True,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Why: each layer in words with its own numbers, and one output value worked out by hand."""
    net = _read(source, input, set, dialect)
    answer = net.explain(layer, batch=batch, framework=framework)
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def compare(
    sources: Annotated[list[str], typer.Argument(help="networks, as for summary")],
    variants: Annotated[
        bool, typer.Option("--variants", help="other designs for the first network, too")
    ] = False,
    input: InputOption = None,
    batch: Annotated[int | None, typer.Option(min=1, help="examples at once")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="time steps that are in the channels")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="a lower bound on the time of a step, as for summary")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="run a training step of each, with PyTorch")
    ] = False,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Networks side by side: costs per output frame, for the same output, and a verdict."""
    from convwise.network import compare as compared
    from convwise.network import read, shown_name
    from convwise.progress import shown

    shapes = _shapes(input or [])
    networks = [read(_place(source), shapes) for source in sources]
    with shown() as progress:
        answer = compared(
            *networks,
            variants=variants,
            names=[shown_name(source) for source in sources],
            batch=batch,
            steps=steps,
            device=device,
            measure=measure,
            progress=progress,
        )
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def measure(
    source: SourceArgument,
    train: Annotated[
        bool, typer.Option("--train", help="a training step; without it inference")
    ] = False,
    input: InputOption = None,
    batch: Annotated[int, typer.Option(min=1, help="examples at once")] = 1,
    optimizer: Annotated[
        str, typer.Option(help="with --train: adam, adamw, sgd, momentum or rmsprop")
    ] = "adam",
    precision: Annotated[
        str, typer.Option(help="with --train: float32, bf16-mixed or float64")
    ] = "float32",
    threads: Annotated[
        int | None, typer.Option(min=1, help="by default as many as there are cores")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="run also what is predicted not to fit into memory")
    ] = False,
    set: SetOption = None,
    dialect: DialectOption = None,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Run it on this machine with PyTorch: memory and time, predicted against measured."""
    from convwise.analyses.memory.options import Training
    from convwise.progress import shown

    how = Training(batch, optimizer, precision) if train else False
    net = _read(source, input, set, dialect)
    with shown() as progress:
        answer = net.measure(batch, train=how, threads=threads, force=force, progress=progress)
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def sizes(
    source: SourceArgument,
    input: InputOption = None,
    set: SetOption = None,
    dialect: DialectOption = None,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Which input sizes lose no border pixels and make all skips align, and which fit at all."""
    from convwise.network import sizes as sized

    answer = sized(
        _given(source),
        _shapes(input or []),
        dialect=dialect,
        settings=_settings(set or []),
    )
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def fit(
    source: SourceArgument,
    memory: Annotated[str, typer.Option(help="of the whole process: 8GiB, 500MB")],
    time: Annotated[float | None, typer.Option(help="seconds that a step may take")] = None,
    batch: Annotated[int, typer.Option(min=1, help="examples of a step")] = 1,
    optimizer: Annotated[str, typer.Option(help="sgd, momentum, adam, adamw or rmsprop")] = "adam",
    calibrated: Annotated[
        bool, typer.Option("--calibrated", help="measure operators on this machine (PyTorch)")
    ] = False,
    input: InputOption = None,
    set: SetOption = None,
    dialect: DialectOption = None,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """What makes training fit into memory, the cheapest change first; the largest batch."""
    from convwise.fitted import fitted
    from convwise.progress import shown

    net = _read(source, input, set, dialect)
    with shown() as progress:
        answer = fitted(
            net.graph,
            memory,
            batch=batch,
            optimizer=optimizer,
            time=time,
            calibrated=calibrated,
            progress=progress,
        )
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="remove everything, ask nothing")] = False,
    as_json: JsonOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """The operations measured so far: where they are kept, how many, of which machines."""
    from convwise.cached import cache as cached

    answer = cached(clear=clear)
    _print(answer, as_json=as_json, markdown=markdown)


@app.command()
def convert(
    source: SourceArgument,
    to: Annotated[str, typer.Option(help="torch for PyTorch code, json for the graph")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="a file to write; printed without it")
    ] = None,
    input: InputOption = None,
    set: SetOption = None,
    dialect: DialectOption = None,
) -> None:
    """Write a network as PyTorch code, or as JSON that convwise reads again."""
    if to not in ("torch", "json"):
        raise UsageError(f"--to {to}: it cannot be written", hint="--to torch or --to json")
    net = _read(source, input, set, dialect)
    text = net.to_torch_code() if to == "torch" else json.dumps(net.to_json(), indent=1) + "\n"
    if output is None:
        print(text, end="")
    else:
        _store(text, output)


def _store(text: str, path: Path) -> None:
    """Write a whole file or none: under another name first, then renamed."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UsageError(
            f"-o {path}: {error.strerror or error}", hint="a file in a folder that exists"
        ) from None


def _read(
    source: str, input: list[str] | None, set: list[str] | None, dialect: str | None
) -> Network:
    """The network that the options of a command name."""
    from convwise.network import read

    return read(
        _given(source), _shapes(input or []), dialect=dialect, settings=_settings(set or [])
    )


def _print(answer: Answer, *, as_json: bool, markdown: bool) -> None:
    """An answer in the form that was asked for."""
    if as_json:
        print(json.dumps(answer.to_dict(), indent=2))
    elif markdown:
        print(_plain(answer.to_markdown()), end="")
    else:
        _show(answer.text(_width()))


def _given(source: str) -> str | Path:
    """The source of a command; `-` is the text on standard input."""
    return sys.stdin.read() if source == "-" else _place(source)


def _place(source: str) -> str | Path:
    """On the command line a source is never code."""
    if source.startswith("example:") or ":" in source:
        return source
    return Path(source)


def _width() -> int:
    return max(80, min(shutil.get_terminal_size((100, 24)).columns, 140))


def _plain(text: str) -> str:
    """Names and texts of a source may hold codes that a terminal obeys: they are spelled out."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join([c if c == "\n" or c.isprintable() else ascii(c)[1:-1] for c in text])


def _show(text: str) -> None:
    text = _plain(text)
    if not sys.stdout.isatty():
        print(text)
        return
    from rich.console import Console

    Console().print(text, markup=False, soft_wrap=True)


def _shapes(given: list[str]) -> dict[str, tuple[int | str, ...]] | tuple[int | str, ...] | None:
    """The shapes of all --input options: one for the only input, or one per name."""
    if not given:
        return None
    if len(given) == 1 and "=" not in given[0]:
        return _shape(given[0])
    named = [text.partition("=") for text in given]
    if not all(middle for _, middle, _ in named):
        raise UsageError(
            "several --input options must name their inputs",
            hint="--input image=128x128x3 --input mask=128x128x1",
        )
    return {name: _shape(shape) for name, _, shape in named}


def _shape(text: str) -> tuple[int | str, ...]:
    parts = text.replace(",", " ").replace("x", " ").strip("() ").split()
    sizes: list[int | str] = []
    for part in parts:
        if part.isdigit() and int(part) > 0:
            sizes.append(int(part))
        elif part.isidentifier():
            sizes.append(part)
        else:
            raise UsageError(
                f"--input {text}: {part!r} is no size", hint="sizes without batch, like 128x128x3"
            )
    if not sizes:
        raise UsageError("--input is empty", hint="sizes without batch, like 128x128x3")
    return tuple(sizes)


def _settings(given: list[str]) -> dict[str, Any]:
    import ast

    found: dict[str, Any] = {}
    for text in given:
        name, middle, value = text.partition("=")
        if not middle or not name.isidentifier():
            raise UsageError(f"--set {text}: NAME=VALUE is expected", hint="--set depth=4")
        try:
            found[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            found[name] = value
    return found
