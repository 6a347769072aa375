"""Which dialect reads which code and which files, and why others are refused; reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from convwise.errors import ConvwiseError, ReadError

if TYPE_CHECKING:
    from convwise.graph.nodes import Graph

#: Dialects that are code.
CODE: Final = ("keras", "torch", "tensorflow1", "matlab")


def read_text(dialect: str) -> Callable[..., Graph]:
    """The reader of a dialect's code, loaded now."""
    if dialect == "torch":
        from convwise.dialects.torch.read_code import read_code as read_torch

        return read_torch
    if dialect == "tensorflow1":
        from convwise.dialects.tensorflow1.read_code import read_code as read_tensorflow1

        return read_tensorflow1
    if dialect == "matlab":
        from convwise.dialects.matlab.read_code import read_code as read_matlab

        return read_matlab
    from convwise.dialects.keras.read_code import read_code

    return read_code


def _keras(path: Path, **how: Any) -> Graph:
    from convwise.dialects.keras.read_file import read_file

    return read_file(path, **how)


def _onnx(path: Path, **how: Any) -> Graph:
    from convwise.dialects.onnx.read_file import read_file

    return read_file(path, **how)


def _program(path: Path, **how: Any) -> Graph:
    from convwise.dialects.torch.read_program import read_file

    return read_file(path, **how)


#: Saved networks by how the file's name ends.
FILES: Final[Mapping[str, Callable[..., Graph]]] = {
    ".keras": _keras,
    ".h5": _keras,
    ".hdf5": _keras,
    ".onnx": _onnx,
    ".pt2": _program,
}


def _pickled(path: Path) -> ConvwiseError:
    from convwise.dialects.torch.read_program import refusal

    return refusal(path)


def _other(what: str, instead: str) -> Callable[[Path], ConvwiseError]:
    return lambda path: ReadError(f"{what}, which is not read", hint=instead)


_AS_KERAS: Final = "give the network's code, or save it as .keras, .h5 or ONNX"

#: Files that hold networks and are not read: how their names end, and what is said.
REFUSED: Final[Mapping[str, Callable[[Path], ConvwiseError]]] = {
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle", ".safetensors"), _pickled),
    ".mat": _other(
        "is a MATLAB workspace",
        "give the .m code that defines the network, or export it: exportONNXNetwork(net, file)",
    ),
    ".mlx": _other("is a live script", "export it as code: File, Export, to a .m file"),
    ".pb": _other("is a TensorFlow SavedModel or frozen graph", _AS_KERAS),
    ".tflite": _other("is a TensorFlow Lite model", _AS_KERAS),
    ".ipynb": _other("is a notebook", "give the cells that define the network as a .py file"),
}
