"""Finds what a SOURCE names: a file, one of its models, an example, code; reads no code itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from convwise.errors import ConvwiseError, ReadError, UsageError

if TYPE_CHECKING:
    from convwise.graph.nodes import Graph

MAX_BYTES = 256 * 1024
MAX_JSON_BYTES = 64 * 1024 * 1024
EXAMPLE = "example:"
LIVE = "live:"
DIALECTS = ("keras", "torch")
#: In the folder of the examples, and no network.
_OURS = "answers.py"
_READABLE = (".py", ".txt", ".json")


@dataclass(frozen=True, slots=True)
class Source:
    """Text to be read, what to call it in messages, and which of its models is wanted."""

    text: str
    label: str
    name: str | None
    dialect: str

    def read(
        self,
        inputs: Mapping[str | None, tuple[int | str | None, ...]],
        settings: Mapping[str, object],
    ) -> Graph:
        """The graph of the wanted model."""
        if self.dialect == "json":
            return _stored(self.text)
        if self.dialect == "torch":
            from convwise.dialects.torch.read_code import read_code as read_torch

            return read_torch(
                self.text, filename=self.label, name=self.name, inputs=inputs, settings=settings
            )
        from convwise.dialects.keras.read_code import read_code

        return read_code(
            self.text, filename=self.label, name=self.name, inputs=inputs, settings=settings
        )


def open_source(
    source: str | Path, *, name: str | None = None, dialect: str | None = None
) -> Source:
    """Find and load a source. Raises ReadError when it is no text, too large or not there."""
    if isinstance(source, Path):
        return _file(source, name, dialect)
    if source.startswith(EXAMPLE):
        return _example(source, name, dialect)
    if source.startswith(LIVE):
        raise ReadError(
            f"{source!r:.80} asks for a live model, which this version does not read",
            hint="give the code of the network: a file, or - for standard input",
        )
    path, _, part = source.rpartition(":")
    if path and part.isidentifier() and os.path.splitext(path)[1]:
        return _file(Path(path), part, dialect)
    if _is_path(source):
        return _file(Path(source), name, dialect)
    return _checked(source, "<code>", name, dialect)


def _is_path(source: str) -> bool:
    if "\n" in source or len(source) > 1024 or "(" in source:
        return False
    return os.path.splitext(source)[1] in _READABLE or os.path.exists(source)


def _file(path: Path, name: str | None, dialect: str | None) -> Source:
    try:
        size = path.stat().st_size
        limit = MAX_JSON_BYTES if path.suffix == ".json" else MAX_BYTES
        if size > limit:
            raise _too_large(size, limit, str(path))
        raw = path.read_bytes()
    except OSError as error:
        raise ReadError(
            f"cannot be opened: {error.strerror or error}",
            hint="give the path of a .py file, example:NAME, or - for standard input",
        ).at(source=str(path)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"is not text: byte {error.start} is not UTF-8", hint="give the source code as UTF-8"
        ).at(source=str(path)) from None
    if path.suffix == ".json":
        return Source(text, str(path), name, "json")
    return _checked(text, str(path), name, dialect)


def _too_large(size: int, limit: int, label: str) -> ConvwiseError:
    return ReadError(
        f"the source has {size:,} bytes, at most {limit:,} are read",
        hint="cut out the part that defines the network",
    ).at(source=label)


def _stored(text: str) -> Graph:
    """A graph that was written as JSON."""
    import json

    from convwise.graph.serial import graph_from_json
    from convwise.kinds.catalog import decode

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"is no JSON: {error}", hint="give a file that Network.to_json() has written"
        ) from None
    return graph_from_json(data, decode)


def example_names() -> list[str]:
    """The names that `example:NAME` takes."""
    folder = resources.files("convwise.examples")
    found = [entry.name for entry in folder.iterdir() if entry.name.endswith(".py")]
    return sorted(name[:-3] for name in found if not name.startswith("_") and name != _OURS)


def _example(source: str, name: str | None, dialect: str | None) -> Source:
    wanted = source[len(EXAMPLE) :]
    if wanted not in example_names():
        raise ReadError(
            f"there is no example {wanted!r}", hint=f"the examples are {', '.join(example_names())}"
        )
    text = resources.files("convwise.examples").joinpath(f"{wanted}.py").read_text("utf-8")
    return _checked(text, source, name, dialect)


def _checked(text: str, label: str, name: str | None, dialect: str | None) -> Source:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise _too_large(size, MAX_BYTES, label)
    if "\0" in text:
        raise ReadError("is not text: it has NUL bytes", hint="give source code").at(source=label)
    return Source(text, label, name, _dialect(text, dialect))


def _dialect(text: str, dialect: str | None) -> str:
    if dialect not in (None, *DIALECTS):
        known = " and ".join(DIALECTS)
        raise UsageError(f"dialect {dialect!r} is not known", hint=f"this version reads {known}")
    return dialect or guessed(text)


def guessed(text: str) -> str:
    """The dialect of a code: by what it imports, else by the words that only PyTorch uses."""
    lines = [line.strip() for line in text.splitlines()]
    if any(line.startswith(_KERAS_IMPORTS) for line in lines):
        return "keras"
    if any(line.startswith(_TORCH_IMPORTS) for line in lines):
        return "torch"
    return "torch" if any(word in text for word in _TORCH_WORDS) else "keras"


_KERAS_IMPORTS = ("import keras", "from keras", "import tensorflow", "from tensorflow")
_TORCH_IMPORTS = ("import torch", "from torch", "import pytorch_lightning", "import lightning")
_TORCH_WORDS = ("nn.Module", "nn.Sequential", "nn.Conv", "nn.Linear", "torch.", "F.conv")
