"""Operators of MATLAB on numbers, small arrays and strings; must never read code."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import inf, nan
from typing import Any, Final

from convwise.dialects.matlab.values import (
    Array,
    Chars,
    array,
    elements,
    is_number,
    shape_of,
    text_of,
    whole,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

#: Whole numbers beyond this are floating point in MATLAB.
_EXACT: Final = 2**53
_MOST_ELEMENTS: Final = 100_000


def _number(value: Any) -> Any:
    """A number in one form: whole ones as int, as long as a double holds them."""
    if type(value) is int and abs(value) > _EXACT:
        return float(value) if abs(value) < 10**300 else inf
    return whole(value)


def _divided(one: Any, two: Any) -> Any:
    if two == 0:
        return nan if one == 0 else inf if one > 0 else -inf
    return one / two


def _power(one: Any, two: Any) -> Any:
    try:
        found = float(one) ** float(two)
    except (OverflowError, ZeroDivisionError):
        return inf
    return nan if type(found) is complex else found


def _truth(function: Callable[[bool, bool], bool]) -> Callable[[Any, Any], bool]:
    return lambda one, two: function(bool(one), bool(two))


_NUMBERS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    ".*": operator.mul,
    "./": _divided,
    ".\\": lambda one, two: _divided(two, one),
    ".^": _power,
    "==": operator.eq,
    "~=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "&": _truth(lambda one, two: one and two),
    "|": _truth(lambda one, two: one or two),
}

#: Matrix operators that work element by element where one side is a scalar.
_OF_SCALARS: Final = {"*": ".*", "/": "./", "^": ".^", "\\": ".\\"}


def binary(op: str, one: Any, two: Any, line: int) -> Any:
    """`one op two`. Raises RuleError for sizes that do not fit; Unknown for what is not known."""
    if type(one) is Unknown or type(two) is Unknown:
        return one if type(one) is Unknown else two
    if str in (type(one), type(two)):
        return _strings(op, one, two, line)
    scalar = is_number(one) or is_number(two)
    if op in _OF_SCALARS:
        if not scalar:
            return Unknown("a matrix product", line)
        op = _OF_SCALARS[op]
    left, right = _numeric(one), _numeric(two)
    if left is None or right is None or op not in _NUMBERS:
        return Unknown(f"a value of `{op}`", line)
    return _each(_NUMBERS[op], left, right, op, line)


def _numeric(value: Any) -> Any:
    """Letters count by their codes."""
    if type(value) is Chars:
        codes = [ord(letter) for letter in value.text]
        return codes[0] if len(codes) == 1 else Array((1, len(codes)), tuple(codes))
    if is_number(value):
        return value
    known = type(value) is Array and value.values is not None
    return value if known and all(is_number(one) for one in value.values) else None


def _each(function: Callable[[Any, Any], Any], one: Any, two: Any, op: str, line: int) -> Any:
    """Element by element; an axis of one element is repeated."""
    left, right = shape_of(one) or (1, 1), shape_of(two) or (1, 1)
    rank = max(len(left), len(right))
    left, right = [(*shape, *[1] * (rank - len(shape))) for shape in (left, right)]
    shape = tuple([max(a, b) if 0 not in (a, b) else 0 for a, b in zip(left, right, strict=True)])
    if any(a != b and 1 not in (a, b) for a, b in zip(left, right, strict=True)):
        raise RuleError(
            f"arrays of {_by(left)} and {_by(right)} do not fit `{op}`",
            line=line,
            hint="both need the same size, or one element along an axis",
        )
    size = Array(shape, None).size
    if size > _MOST_ELEMENTS:
        return Unknown("an array of many elements", line)
    first, second = elements(one) or (), elements(two) or ()
    made = []
    for place in range(size):
        made.append(
            _number(function(first[_at(place, shape, left)], second[_at(place, shape, right)]))
        )
    return array(shape, made)


def _at(place: int, shape: tuple[int, ...], own: tuple[int, ...]) -> int:
    """Where an element of the result comes from in an array that may be repeated."""
    found, stride = 0, 1
    for extent, mine in zip(shape, own, strict=True):
        place, here = divmod(place, extent)
        found += (here if mine > 1 else 0) * stride
        stride *= mine
    return found


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join([str(one) for one in shape])


def _strings(op: str, one: Any, two: Any, line: int) -> Any:
    """Strings are joined by + and compared by == as a whole."""
    if op in ("==", "~="):
        same = text_of(one) is not None and text_of(one) == text_of(two)
        return same == (op == "==")
    if op == "+":
        sides = [shown(one), shown(two)]
        if None not in sides:
            return "".join([side for side in sides if side is not None])
        many = one if type(one) is Array else two
        if type(many) is Array and many.values is not None:
            pairs = [(one, each) if many is two else (each, two) for each in many.values]
            return array(many.shape, [_strings("+", *pair, line) for pair in pairs])
    return Unknown(f"a value of `{op}`", line)


def shown(value: Any) -> str | None:
    """A scalar as a string shows it: "conv" + 3 is "conv3"; None for other values."""
    text = text_of(value)
    if text is not None:
        return text
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    return f"{value:.5g}" if type(value) is float else None


def unary(op: str, value: Any, line: int) -> Any:
    """`-x`, `+x`, `~x`."""
    if type(value) is Unknown:
        return value
    if op == "-":
        return binary("-", 0, value, line)
    if op in ("~", "!"):
        return binary("==", value, 0, line)
    return value


def transposed(value: Any, line: int) -> Any:
    """`x'`."""
    if type(value) is not Array:
        return value if is_number(value) or type(value) is str else Unknown("a transpose", line)
    if value.values is None or len(value.shape) != 2:
        return Array((*value.shape[:2][::-1], *value.shape[2:]), None)
    rows, columns = value.shape
    turned = [value.values[i + j * rows] for i in range(rows) for j in range(columns)]
    return Array((columns, rows), tuple(turned))


def truth(value: Any) -> bool | Unknown:
    """What `if` makes of a value: true where all elements are, and there are some."""
    if type(value) is Unknown:
        return value
    found = elements(value)
    if found is None:
        return Unknown("the truth of an array", 0)
    if type(value) is Chars:
        return bool(value.text)
    if not all(is_number(one) for one in found):
        return Unknown("the truth of a value", 0)
    return bool(found) and all(found)


def ranged(start: Any, step: Any, stop: Any, line: int) -> Any:
    """`start:step:stop` as a row vector."""
    for one in (start, step, stop):
        if type(one) is Unknown:
            return one
        if not is_number(one):
            return Unknown("a range", line)
    if step == 0:
        return Array((1, 0), ())
    count = int((stop - start) / step + 1e-10) + 1 if (stop - start) * step >= 0 else 0
    if count > _MOST_ELEMENTS:
        return Array((1, count), None)
    return array((1, count), [_number(start + step * place) for place in range(count)])
