"""Takes the arguments of a framework's function apart by name; must never know a function."""

from __future__ import annotations

from typing import Any

#: What one parameter is called elsewhere: NumPy, TensorFlow 1 and 2, Keras's backend.
_OTHER_NAMES = {
    "inputs": "x",
    "input": "x",
    "tensor": "x",
    "tensors": "x",
    "values": "x",
    "value": "x",
    "a": "x",
    "x1": "x",
    "features": "x",
    "logits": "x",
    "images": "x",
    "input_tensor": "x",
    "image": "x",
    "y": "y",
    "x2": "y",
    "b": "y",
    "dim": "axis",
    "keep_dims": "keepdims",
    "newshape": "shape",
    "paddings": "pad_width",
    "num_or_size_splits": "sections",
    "indices_or_sections": "sections",
    "axes": "axis",
    "perm": "axis",
    "pattern": "axis",
    "reduction_indices": "axis",
    "method": "interpolation",
    "new_size": "size",
    "arrays": "x",
    "xs": "x",
}


def named(args: list[Any], kwargs: dict[str, Any], names: str) -> dict[str, Any]:
    """Arguments by name; a parameter that is not given is not in the result."""
    found = dict(zip(names.split(), args, strict=False))
    known = names.split()
    for name, value in kwargs.items():
        target = name if name in known else _OTHER_NAMES.get(name, name)
        found.setdefault(target, value)
    return found
