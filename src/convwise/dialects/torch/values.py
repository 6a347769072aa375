"""Turns values of the interpreted code into tensors of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convwise.dialects.python.arrays import Array, as_array
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.rows import operate
from convwise.dialects.torch.symbols import Symbol
from convwise.kinds.source import Unknown as UnknownKind

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


def tensor_of(value: object, context: Context, at: At) -> Symbol | None:
    """The tensor that a value is: weights and arrays become nodes; None when it is none.

    A number is an array without axes; what is not known becomes an unknown node.
    """
    if type(value) is Symbol:
        return value
    if type(value) is Weight:
        return value.symbol()
    if type(value) is Unknown:
        return unknown_tensor(value, context, at)
    if type(value) is Size:
        return _constant(Array((), None, "int64"), context, at)
    array = value if type(value) is Array else as_array(value)
    return _constant(array, context, at) if array is not None else None


def unknown_tensor(unknown: Unknown, context: Context, at: At) -> Symbol:
    """A tensor that something outside the file makes: a node that says so."""
    return operate(context, "unknown", [Part(UnknownKind(unknown.what))], [], at)[0]


def _constant(array: Array, context: Context, at: At) -> Symbol:
    sizes = [one for one in array.shape or () if one is not None]
    if array.shape is None or len(sizes) < len(array.shape):
        return unknown_tensor(Unknown("an array of unknown shape", at.line), context, at)
    found: Symbol = context.fixed(tuple(sizes), at, array.dtype)
    return found


def flat(value: object) -> list[object]:
    """All that lists, tuples and dicts hold, in order."""
    if type(value) in (list, tuple):
        return [leaf for one in value for leaf in flat(one)]  # type: ignore[attr-defined]
    if type(value) is dict:
        return [leaf for one in value.values() for leaf in flat(one)]
    if type(value) is Returned:
        return [leaf for one in value.fields.values() for leaf in flat(one)]
    return [value]


def tensors_in(values: object) -> list[Symbol]:
    """The tensors among arguments, weights included, lists and dicts looked into."""
    found = []
    for one in flat(values):
        if type(one) is Symbol:
            found.append(one)
        elif type(one) is Weight:
            found.append(one.symbol())
    return found
