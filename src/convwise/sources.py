"""Finds what a SOURCE names: a file, one of its models, an example, code; reads no code itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convwise.errors import ConvwiseError, ReadError, UsageError
from convwise.readers import CODE, FILES, REFUSED, read_text

if TYPE_CHECKING:
    from convwise.graph.nodes import Graph

MAX_BYTES = 256 * 1024
MAX_JSON_BYTES = 64 * 1024 * 1024
EXAMPLE = "example:"
LIVE = "live:"
#: What `dialect` may say.
DIALECTS = CODE
#: In the folder of the examples, and no network.
_OURS = "answers.py"
_TEXTS = (".py", ".m", ".txt", ".json")

Inputs = Mapping[str | None, Any]
Read = Callable[[Inputs, Mapping[str, object]], "Graph"]


@dataclass(frozen=True, slots=True)
class Source:
    """A place to read from: what to call it in messages, its text where it is one, and how.

    `model`: the live model itself, where it is one.
    """

    label: str
    read: Read
    text: str = ""
    model: Any = None


def open_source(source: Any, *, name: str | None = None, dialect: str | None = None) -> Source:
    """Find and load a source. Raises ReadError when it is no text, too large or not there."""
    if isinstance(source, Path):
        return _file(source, name, dialect)
    if not isinstance(source, str):
        return _live(source, f"a live {type(source).__name__}")
    if source.startswith(EXAMPLE):
        return _example(source, name, dialect)
    if source.startswith(LIVE):
        from convwise.live import loaded

        return _live(loaded(source[len(LIVE) :]), source)
    path, _, part = source.rpartition(":")
    if path and part.isidentifier() and os.path.splitext(path)[1]:
        return _file(Path(path), part, dialect)
    if _is_path(source):
        return _file(Path(source), name, dialect)
    return _checked(source, "<code>", name, dialect)


def _live(model: object, label: str) -> Source:
    from convwise.live import read_live

    return Source(label, lambda inputs, settings: read_live(model, inputs), model=model)


def _is_path(source: str) -> bool:
    if "\n" in source or len(source) > 1024 or "(" in source:
        return False
    suffix = os.path.splitext(source)[1].lower()
    return suffix in (*_TEXTS, *FILES, *REFUSED) or os.path.exists(source)


def _file(path: Path, name: str | None, dialect: str | None) -> Source:
    suffix = path.suffix.lower()
    if suffix in FILES:
        return _binary(path, FILES[suffix], name)
    if suffix in REFUSED:
        raise REFUSED[suffix](path).at(source=str(path))
    raw = _bytes(path, MAX_JSON_BYTES if suffix == ".json" else MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"is not text: byte {error.start} is not UTF-8", hint="give the source code as UTF-8"
        ).at(source=str(path)) from None
    if suffix == ".json":
        return Source(str(path), lambda inputs, settings: _stored(text, str(path), name, inputs))
    if suffix == ".m" and dialect is None:
        dialect = "matlab"
    return _checked(text, str(path), name, dialect)


def _bytes(path: Path, limit: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > limit:
            raise _too_large(size, limit, str(path))
        return path.read_bytes()
    except OSError as error:
        raise _not_opened(path, error) from None


def _not_opened(path: Path, error: OSError) -> ConvwiseError:
    return ReadError(
        f"cannot be opened: {error.strerror or error}",
        hint="give the path of a .py file, example:NAME, or - for standard input",
    ).at(source=str(path))


def _binary(path: Path, read: Any, name: str | None) -> Source:
    """A saved network: its reader opens it, and looks at what describes the network only."""
    try:
        regular = path.stat() and path.is_file()
    except OSError as error:
        raise _not_opened(path, error) from None
    if not regular:
        raise ReadError("is no file", hint="give the saved model itself").at(source=str(path))
    label = str(path)

    def saved(inputs: Inputs, settings: Mapping[str, object]) -> Graph:
        with _hinted():
            return read(path, label=label, name=name, inputs=inputs)  # type: ignore[no-any-return]

    return Source(label, saved)


@contextmanager
def _hinted() -> Iterator[None]:
    """What is wrong in a file that a program wrote is mended by writing it again."""
    try:
        yield
    except ConvwiseError as error:
        error.hint = error.hint or "save or export the model again with its framework"
        raise


def _too_large(size: int, limit: int, label: str) -> ConvwiseError:
    return ReadError(
        f"the source has {size:,} bytes, at most {limit:,} are read",
        hint="cut out the part that defines the network",
    ).at(source=label)


def _stored(text: str, label: str, name: str | None, inputs: Inputs) -> Graph:
    """A graph that was written as JSON, or a Keras model that was."""
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"is no JSON: {error}",
            hint="give a file that Network.to_json() or Keras's model.to_json() has written",
        ) from None
    if isinstance(data, dict) and "class_name" in data:
        from convwise.dialects.keras.read_config import read_config

        return read_config(data, label=label, name=name, inputs=inputs)
    from convwise.graph.serial import graph_from_json
    from convwise.kinds.catalog import decode

    with _hinted():
        return graph_from_json(data, decode)


def _examples() -> dict[str, str]:
    """File names of the examples by the names that `example:NAME` takes."""
    folder = resources.files("convwise.examples")
    files = [entry.name for entry in folder.iterdir() if entry.name.endswith((".py", ".m"))]
    return {
        name.rpartition(".")[0]: name
        for name in sorted(files)
        if not name.startswith("_") and name != _OURS
    }


def example_names() -> list[str]:
    """The names that `example:NAME` takes."""
    return list(_examples())


def example_text(name: str) -> str:
    """The code of an example."""
    return resources.files("convwise.examples").joinpath(_examples()[name]).read_text("utf-8")


def _example(source: str, name: str | None, dialect: str | None) -> Source:
    wanted = source[len(EXAMPLE) :]
    if wanted not in _examples():
        raise ReadError(
            f"there is no example {wanted!r}", hint=f"the examples are {', '.join(example_names())}"
        )
    return _checked(example_text(wanted), source, name, dialect)


def _checked(text: str, label: str, name: str | None, dialect: str | None) -> Source:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise _too_large(size, MAX_BYTES, label)
    if "\0" in text:
        raise ReadError("is not text: it has NUL bytes", hint="give source code").at(source=label)
    spoken = _dialect(text, dialect)

    def read(inputs: Inputs, settings: Mapping[str, object]) -> Graph:
        return read_text(spoken)(text, filename=label, name=name, inputs=inputs, settings=settings)

    return Source(label, read, text)


def _dialect(text: str, dialect: str | None) -> str:
    if dialect not in (None, *DIALECTS):
        known = ", ".join(DIALECTS[:-1])
        raise UsageError(
            f"dialect {dialect!r} is not known",
            hint=f"code is read as {known} or {DIALECTS[-1]}; files tell by their names",
        )
    return dialect or guessed(text)


def guessed(text: str) -> str:
    """The dialect of a code: by what it imports, else by the words that only one of them uses."""
    from convwise.dialects.matlab.recognised import is_matlab
    from convwise.dialects.tensorflow1.recognised import is_tensorflow1

    lines = [line.strip() for line in text.splitlines()]
    if any(line.startswith(_KERAS_IMPORTS) for line in lines):
        return "tensorflow1" if is_tensorflow1(text) else "keras"
    if any(line.startswith(_TORCH_IMPORTS) for line in lines):
        return "torch"
    if is_matlab(text):
        return "matlab"
    if is_tensorflow1(text):
        return "tensorflow1"
    return "torch" if any(word in text for word in _TORCH_WORDS) else "keras"


_KERAS_IMPORTS = ("import keras", "from keras", "import tensorflow", "from tensorflow")
_TORCH_IMPORTS = ("import torch", "from torch", "import pytorch_lightning", "import lightning")
_TORCH_WORDS = ("nn.Module", "nn.Sequential", "nn.Conv", "nn.Linear", "torch.", "F.conv")
