"""Inputs of networks: made of the arrays that code calls a module on, or of what the user gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.values import At
from convwise.dialects.torch.recording import InputSpec, Shape
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


def has_tensor(values: object) -> bool:
    """Whether anything among the arguments has a shape."""
    return any(
        type(one) is Symbol or (type(one) is Array and one.shape is not None and one.shape != ())
        for one in flat(values)
    )


def with_inputs(
    context: Context,
    args: list[object],
    kwargs: dict[str, Any],
    names: Sequence[str],
    at: At,
) -> tuple[list[object], dict[str, Any]]:
    """The arguments with arrays as inputs, named as `forward` names them."""
    found = []
    for place, value in enumerate(args):
        found.append(_with(context, value, names[min(place, len(names) - 1)] if names else "x", at))
    return found, {name: _with(context, value, name, at) for name, value in kwargs.items()}


def _with(context: Context, value: object, name: str, at: At) -> object:
    if type(value) is Array and value.shape:
        return _example(context, value, name, at)
    if type(value) in (list, tuple):
        made = [_with(context, one, name, at) for one in value]  # type: ignore[attr-defined]
        return made if type(value) is list else tuple(made)
    if type(value) is dict:
        return {key: _with(context, one, str(key), at) for key, one in value.items()}
    return value


def _example(context: Context, array: Array, name: str, at: At) -> Symbol:
    found = array.example
    if type(found) is Symbol:
        return found
    shape: Shape = array.shape or ()
    made = new_input(context, shape, name, at.line, array.dtype)
    array.example = made
    return made


def new_input(
    context: Context, shape: Shape, name: str, line: int | None, dtype: str = "float32"
) -> Symbol:
    """An input, batch first; its node is made by the first operation that sees it."""
    return Symbol(context, None, InputSpec(shape, dtype, name), line)
