"""Sizes: an integer, or an exact integer expression over symbols; knows no operation.

The face of exact sizes: everything that the rest of convwise needs to compute with dims. Integers
take the first branch everywhere and cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convwise.errors import ReadError
from convwise.graph.expression import (
    Dim,
    Expr,
    floor_div,
    maximum,
    substituted,
    symbols_of,
    terms_of,
)
from convwise.graph.parse import parse, symbol

__all__ = [
    "Dim",
    "Expr",
    "ceil_div",
    "evaluate",
    "floor_div",
    "from_json",
    "maximum",
    "minimum",
    "parse",
    "product",
    "sum_dims",
    "symbol",
    "symbols_of",
    "terms_of",
    "to_json",
]


def ceil_div(over: Dim, under: Dim) -> Dim:
    """ceil(over/under); ZeroDivisionError when `under` is 0."""
    if isinstance(over, int) and isinstance(under, int):
        return -(-over // under)
    return -floor_div(-over, under)


def minimum(left: Dim, right: Dim) -> Dim:
    """The smaller one, resolved where it is the same for all sizes."""
    if isinstance(left, int) and isinstance(right, int):
        return min(left, right)
    return -maximum(-left, -right)


def product(dims: Iterable[Dim]) -> Dim:
    """All multiplied; 1 when there are none."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def sum_dims(dims: Iterable[Dim]) -> Dim:
    """All added; 0 when there are none."""
    result: Dim = 0
    for dim in dims:
        result = result + dim
    return result


def evaluate(dim: Dim, values: Mapping[str, int]) -> Dim:
    """The dim with these symbols replaced: an integer when none is left."""
    return dim if isinstance(dim, int) else substituted(dim, values)


def to_json(dim: Dim) -> int | dict[str, str]:
    """An integer as itself, an expression as {"expr": its text}."""
    return dim if isinstance(dim, int) else {"expr": str(dim)}


def from_json(value: Any) -> Dim:
    """The inverse of `to_json`; ReadError when the value is no dim."""
    if type(value) is int:
        return value
    if type(value) is dict and type(value.get("expr")) is str and len(value) == 1:
        return parse(value["expr"])
    raise ReadError(f'a size is an integer or {{"expr": text}}, not {value!r:.80}')
