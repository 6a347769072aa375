"""From a network to its summary: convwise and the tools that people use, in turn in one run.

Networks: ResNet-50 (3 x 224 x 224) and a 3-D U-Net (2 x 64 x 64 x 64), batch 1; then chains of
1,000 to 10,000 convolutions, convwise alone. `--rounds` and `--warm` set how often.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.contenders import CONTENDERS
from benchmarks.machine import machine
from benchmarks.measured import Server, process, ratios, spread

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "summary_speed.json"
NETWORKS = {"ResNet-50": ("resnet50", (3, 224, 224)), "3-D U-Net": ("unet3d", (2, 64, 64, 64))}
PACKAGES = (
    *("convwise", "typer", "rich", "torch"),
    *("torchinfo", "fvcore", "torchlens", "keras", "onnx"),
)
# One thread for all: the processor seconds of waiting threads would count against the others.
THREADS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
Arguments = dict[str, list[str]]


def main() -> None:
    """Run everything, write the results."""
    options = _options()
    found: dict[str, Any] = {
        "machine": machine(PACKAGES),
        "environment": THREADS,
        "rounds": {"process": options.rounds, "warm": options.warm},
        "networks": {},
    }
    print("chains", flush=True)
    command = [sys.executable, "-m", "benchmarks.chains", str(options.chains)]
    found["chains"] = process(command, environment()).said
    with tempfile.TemporaryDirectory() as folder:
        for title, (name, shape) in NETWORKS.items():
            commands = _commands(name, shape, Path(folder))
            found["networks"][title] = _network(title, shape, commands, options)
    options.out.parent.mkdir(exist_ok=True)
    temporary = options.out.with_suffix(".part")
    temporary.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    temporary.replace(options.out)
    print(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="whole processes of each tool")
    parser.add_argument("--warm", type=int, default=15, help="answers of a process that stays")
    parser.add_argument("--chains", type=int, default=5, help="answers for each length of chain")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def _commands(name: str, shape: tuple[int, ...], folder: Path) -> Arguments:
    """How to start each tool on this network."""
    networks = ROOT / "benchmarks" / "networks"
    stored = folder / f"{name}.onnx"
    paths = {code: str(networks / f"{name}_{code}.py") for code in ("torch", "keras")}
    paths["onnx"] = str(stored)
    writer = [sys.executable, "-c", "import sys; from benchmarks.networks.stored import write; "]
    writer[-1] += f"write({name!r}, {str(stored)!r}); print('{{}}')"
    process(writer, environment())
    start = [sys.executable, "-m", "benchmarks.child"]
    size = "x".join(map(str, shape))
    return {tool: [*start, tool, paths[c.code], size] for tool, c in CONTENDERS.items()}


def environment() -> dict[str, str]:
    """The environment of a user: compiled modules are kept between runs."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return kept | THREADS | {"PYTHONPATH": path, "KERAS_BACKEND": "torch"}


def _network(
    title: str, shape: tuple[int, ...], commands: Arguments, options: argparse.Namespace
) -> dict[str, Any]:
    print(f"{title}: whole processes", flush=True)
    whole = _processes(commands, options.rounds)
    print(f"{title}: warm", flush=True)
    return {"input": list(shape)} | whole | _warm(commands, options.warm)


def _processes(commands: Arguments, rounds: int) -> dict[str, Any]:
    """Whole processes in turn: start of Python, imports, reading, analysis, printing."""
    runs: dict[str, list[Any]] = {tool: [] for tool in commands}
    said: dict[str, Any] = {}
    # The first round fills the caches of compiled modules and of the disk, and is not counted.
    for turn in range(rounds + 1):
        for tool, command in commands.items():
            run = process([*command, "once"], environment())
            said[tool] = {key: run.said[key] for key in ("parameters", "macs")}
            if turn:
                runs[tool].append(run)
        must_agree(said)
    memory = {tool: spread([r.said["megabytes"] for r in found]) for tool, found in runs.items()}
    return {
        "said": said,
        "process, cpu seconds": table({t: [r.cpu for r in found] for t, found in runs.items()}),
        "process, wall seconds": table({t: [r.wall for r in found] for t, found in runs.items()}),
        "process, peak megabytes": memory,
    }


def _warm(commands: Arguments, rounds: int) -> dict[str, Any]:
    """The same question in processes that have answered it before, in turn.

    `source`: from the file, which is read or executed again. `model`: of the model it made.
    """
    seconds: dict[str, dict[str, list[float]]] = {
        question: {tool: [] for tool in commands} for question in ("source", "model")
    }
    with _servers(commands) as servers:
        for turn in range(rounds + 1):
            for question, found in seconds.items():
                said = {}
                for tool, server in servers.items():
                    said[tool] = server.ask(question)
                    if turn:
                        found[tool].append(said[tool]["cpu"])
                must_agree(said)
    return {f"warm from {q}, cpu seconds": table(found) for q, found in seconds.items()}


@contextlib.contextmanager
def _servers(commands: Arguments) -> Iterator[dict[str, Server]]:
    with contextlib.ExitStack() as stack:
        yield {
            tool: stack.enter_context(Server([*command, "serve"], environment()))
            for tool, command in commands.items()
        }


def must_agree(said: dict[str, Any]) -> None:
    """All count the same weights, and those that count multiply-adds rightly the same ones.

    Keras and ONNX hold the moving statistics of batch normalisation among the weights.
    """
    for tool, answer in said.items():
        contender = CONTENDERS[tool]
        held = "convwise" if contender.code == "torch" else "convwise_keras"
        wrong = answer["parameters"] != said[held]["parameters"]
        if wrong or (contender.right and answer["macs"] != said["convwise"]["macs"]):
            raise RuntimeError(f"{tool} says {answer}, {held} {said[held]}")


def table(seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Median and spread of each tool, and how many times ours round by round."""
    others = {tool: CONTENDERS[tool].meets for tool in seconds if CONTENDERS[tool].meets != tool}
    return {
        "seconds": {tool: spread(found) for tool, found in seconds.items()},
        "times ours": {tool: ratios(seconds[us], seconds[tool]) for tool, us in others.items()},
    }


if __name__ == "__main__":
    if platform.system() == "Windows":
        sys.exit("os.wait4 is needed: run this on Linux or macOS")
    main()
