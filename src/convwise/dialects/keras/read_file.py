"""Reads saved Keras models, .keras and HDF5: their configuration only, never a weight."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from convwise.dialects.archive import Archive
from convwise.dialects.keras.read_config import Sizes, read_config
from convwise.errors import ReadError, UsageError
from convwise.graph.nodes import Graph

#: A configuration of a thousand layers has a megabyte.
_MOST_BYTES: Final = 64 * 1024 * 1024
_MAGIC: Final = b"\x89HDF\r\n\x1a\n"


def read_file(
    path: Path,
    *,
    label: str,
    name: str | None = None,
    inputs: Mapping[str | None, Sizes] | None = None,
) -> Graph:
    """The graph of a .keras archive or an HDF5 file.

    name, inputs: as for `read_config`. Raises ReadError for what is no saved model, UsageError
    where h5py is not installed.
    """
    try:
        text = _archived(path) if path.suffix.lower() == ".keras" else _attribute(path)
        data = _parsed(text)
    except ReadError as error:
        raise error.at(source=label) from None
    return read_config(data, label=label, name=name, inputs=inputs)


def _archived(path: Path) -> bytes:
    """config.json of a .keras archive."""
    with Archive(path) as archive:
        return archive.read("config.json", _MOST_BYTES)


def _attribute(path: Path) -> bytes:
    """The attribute model_config of an HDF5 file's root; in parts where it is long."""
    _must_be_hdf5(path)
    try:
        import h5py
    except ImportError:
        raise UsageError(
            "HDF5 files need h5py, which is not installed", hint="pip install convwise[keras]"
        ) from None
    try:
        with h5py.File(path, "r") as file:
            return _configuration(file.attrs)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"is broken: {str(error)[:200]}",
            hint="save the model again: the file is truncated or damaged",
        ) from None


def _must_be_hdf5(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC))
    except OSError as error:
        raise ReadError(
            f"cannot be opened: {error.strerror or error}", hint="give a file that is there"
        ) from None
    if head != _MAGIC:
        raise ReadError("is no HDF5 file", hint="save the model again: model.save('model.keras')")


def _configuration(attributes: Any) -> bytes:
    names = ("model_config", *[f"model_config{number}" for number in range(64)])
    pieces = []
    for name in names:
        if name in attributes:
            if attributes.get_id(name).get_storage_size() > _MOST_BYTES:
                raise ReadError(f"its {name} is too large", hint="save the model again")
            pieces.append(_bytes(attributes[name], name))
    if not pieces:
        raise ReadError(
            "holds weights and no model: it has no model_config",
            hint="save the whole model, model.save('model.keras'), or give its code",
        )
    return b"".join(pieces)


def _bytes(value: Any, name: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return value
    raise ReadError(f"its {name} is no text", hint="save the model again with Keras")


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"its configuration is no JSON: {str(error)[:120]}", hint="save the model again"
        ) from None
