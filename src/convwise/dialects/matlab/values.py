"""Values of interpreted MATLAB: arrays, characters, cells, structs, functions; by value, frozen.

Numbers are Python's int, float and bool; a string scalar ("a") is a str. Must never know a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

if TYPE_CHECKING:
    from tree_sitter import Node

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array of any number of axes; `values` in column-major order, None when not known.

    Its elements are numbers, strings or layers. What has one element is not an Array.
    """

    shape: Shape
    values: tuple[Any, ...] | None

    @property
    def size(self) -> int:
        total = 1
        for extent in self.shape:
            total *= extent
        return total


@dataclass(frozen=True, slots=True)
class Chars:
    """A character vector: 'same'."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell array, column-major."""

    shape: Shape
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct with its fields."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UserFunction:
    """A function of the file; `options` are the inputs that take names and values."""

    name: str
    node: Node
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Anonymous:
    """`@(x) ...` with the variables that it captured."""

    inputs: tuple[str, ...]
    body: Node
    captured: Mapping[str, Any]


class Call(NamedTuple):
    """A call as functions see it: arguments, how many outputs are asked for, the line."""

    args: Sequence[Any]
    outputs: int
    line: int


@dataclass(frozen=True, slots=True)
class Handle:
    """`@name` of a function that is not the file's own."""

    name: str


class Missing(NamedTuple):
    """An argument `:`, or an output that is ignored."""


ALL: Final = Missing()
EMPTY: Final = Array((0, 0), ())
Builtin = Callable[[Any, Call], Any]


def array(shape: Shape, values: Sequence[Any]) -> Any:
    """An array, or its only element."""
    if len(values) == 1:
        return values[0]
    return Array(tuple(shape), tuple(values))


def row(values: Sequence[Any]) -> Any:
    """A row vector, or its only element."""
    return array((1, len(values)), values)


def column(values: Sequence[Any]) -> Any:
    """A column vector, or its only element."""
    return array((len(values), 1), values)


def shape_of(value: Any) -> Shape | None:
    """Sizes as `size` gives them; None when they are not known."""
    if type(value) in (Array, Cell):
        return value.shape  # type: ignore[no-any-return]
    if type(value) is Chars:
        return (1, len(value.text)) if value.text else (0, 0)
    return None if type(value) is Unknown else (1, 1)


def elements(value: Any) -> tuple[Any, ...] | None:
    """All elements, column-major; None when they are not known."""
    if type(value) in (Array, Cell):
        return value.values  # type: ignore[no-any-return]
    if type(value) is Chars:
        return tuple([Chars(letter) for letter in value.text])
    return None if type(value) is Unknown else (value,)


def text_of(value: Any) -> str | None:
    """The text of a character vector or string; None for anything else."""
    if type(value) is Chars:
        return value.text
    return value if type(value) is str else None


def is_number(value: Any) -> bool:
    return type(value) in (int, float, bool)


def weight(value: Any) -> int:
    """How many elements, letters or fields a value holds itself."""
    if type(value) in (Array, Cell):
        return len(value.values or ())
    if type(value) is Chars:
        return len(value.text)
    if type(value) is str:
        return len(value)
    return len(value.fields) if type(value) is Struct else 1


def is_empty(value: Any) -> bool:
    """Whether a value has no elements."""
    shape = shape_of(value)
    return shape is not None and 0 in shape


def whole(value: Any) -> Any:
    """A number as int where it is one: MATLAB's numbers are all doubles."""
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def plain(value: Any) -> Any:
    """A value as layers check it: str, numbers, tuples for vectors, tuples of rows, lists."""
    if type(value) is Chars:
        return value.text
    if type(value) is Cell:
        # A cell in a cell stays what it is: shared ones would be written out again and again.
        return [one if type(one) is Cell else plain(one) for one in value.values]
    if type(value) is not Array or value.values is None:
        return value
    if len(value.shape) != 2:
        return value
    rows, columns = value.shape
    if rows == 1 or columns == 1 or value.size == 0:
        return tuple([plain(one) for one in value.values])
    return tuple(
        [tuple([plain(value.values[i + j * rows]) for j in range(columns)]) for i in range(rows)]
    )


def described(value: Any) -> str:
    """A value in a few words, for messages."""
    if type(value) is Unknown:
        return f"{value.what}, which is not known"
    text = text_of(value)
    if text is not None:
        return f"'{text[:40]}'"
    if is_number(value):
        return str(value)
    shape = shape_of(value)
    sort = {Array: "array", Cell: "cell array"}.get(type(value))
    if sort and shape is not None:
        return f"a {' x '.join([str(one) for one in shape])} {sort}"
    return {Struct: "a struct"}.get(type(value), "a value")


def index_number(value: Any, line: int) -> int:
    """An index as MATLAB counts it, from 1."""
    value = whole(value)
    if type(value) is int and value > 0:
        return value
    raise RuleError(
        f"an index must be a positive integer, found {described(value)}",
        line=line,
        hint="MATLAB counts from 1",
    )
