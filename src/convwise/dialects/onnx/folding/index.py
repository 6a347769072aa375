"""Which operators are worked out from constants and shapes alone, and when."""

from __future__ import annotations

from typing import Any

from convwise.dialects.onnx.folding.arithmetic import ARITHMETIC, Fold, cast_to
from convwise.dialects.onnx.folding.arrays import as_known, axis_of, fits, plain, row
from convwise.dialects.onnx.folding.moving import MOVING
from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.op import Op, TensorAttribute

_FOLDS: dict[str, Fold] = {**ARITHMETIC, **MOVING}
#: The fewest inputs of those that need more than one.
_LEAST = {
    **dict.fromkeys(("Gather", "Reshape", "Expand", "Tile"), 2),
    **dict.fromkeys(("Where", "Range"), 3),
}
_CONSTANTS = {
    "value_int": "int64",
    "value_ints": "int64",
    "value_float": "float32",
    "value_floats": "float32",
}


def folded(op: Op) -> tuple[Known, ...] | None:
    """The values of an operator's outputs; None where they are not known exactly."""
    if op.domain:
        return None
    special = _SPECIAL.get(op.name)
    if special is not None:
        return special(op)
    fold = _FOLDS.get(op.name)
    given = _known_inputs(op)
    if fold is None or given is None or len(given) < _LEAST.get(op.name, 1):
        return None
    made = fold(op, given)
    return None if made is None else (made,)


def _known_inputs(op: Op) -> list[Known] | None:
    """The values of all inputs; None where one is not known, or left out before another."""
    found = []
    for place, one in enumerate(op.inputs):
        known = None if one is None else as_known(one)
        if known is None and not (one is None and not any(op.inputs[place:])):
            return None
        if known is not None:
            found.append(known)
    return found


def _cast_like(op: Op) -> tuple[Known, ...] | None:
    """Only the type of the second input counts."""
    source = as_known(op.input(0))
    if source is None or not op.input(1).tensor.known:
        return None
    made = cast_to(source, op.input(1).tensor.dtype)
    return None if made is None else (made,)


def _sizes(op: Op) -> tuple[Known, ...] | None:
    """The shape of a value, or the number of its elements."""
    source = op.input(0).tensor
    if not source.known:
        return None
    if op.name == "Size":
        return (Known((), "int64", (source.elements,)),)
    end = op.attributes.get("end")
    stop = end if type(end) is int else None
    return (row(source.shape[op.integer("start", 0) : stop]),)


def _constant(op: Op) -> tuple[Known, ...] | None:
    said: Any = op.attributes.get("value")
    if type(said) is TensorAttribute:
        if said.values is None:
            return None
        return (Known(said.shape, said.dtype, said.values),)
    for name, dtype in _CONSTANTS.items():
        found: Any = op.attributes.get(name)
        if found is None:
            continue
        return (row(found, dtype),) if type(found) is tuple else (Known((), dtype, (found,)),)
    return None


def _split(op: Op) -> tuple[Known, ...] | None:
    """A row cut into pieces."""
    given = _known_inputs(op)
    if not given:
        return None
    source = given[0]
    if len(source.shape) != 1 or axis_of(op.integer("axis", 0), 1) is None:
        return None
    count = len(op.outputs)
    told = given[1].values if len(given) > 1 else op.integers("split")
    each = -(-len(source.values) // max(count, 1))
    sizes = plain(told) if told is not None else (each,) * count  # type: ignore[arg-type]
    if sizes is None or not fits(sizes) or sum(sizes) < len(source.values):
        return None
    pieces, start = [], 0
    for size in sizes:
        pieces.append(row(source.values[start : start + size], source.dtype))
        start += size
    return tuple(pieces)


_SPECIAL = {
    "Shape": _sizes,
    "Size": _sizes,
    "Constant": _constant,
    "CastLike": _cast_like,
    "Split": _split,
}
