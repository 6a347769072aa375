"""Functions of arrays, cells and structs: sizes, sums, joining, repeating."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any, Final

from convwise.dialects.matlab.joining import below, beside
from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.values import (
    EMPTY,
    Array,
    Builtin,
    Call,
    Cell,
    Chars,
    Struct,
    array,
    elements,
    is_empty,
    is_number,
    row,
    shape_of,
    text_of,
    whole,
)
from convwise.dialects.python.values import Unknown

_MOST_ELEMENTS: Final = 100_000


def _unknown(call: Call, name: str) -> Unknown:
    found = next((one for one in call.args if type(one) is Unknown), None)
    return found or Unknown(f"`{name}`", call.line)


def _size(run: Machine, call: Call) -> Any:
    """`size(x)`, `size(x, 1)`, `[rows, columns] = size(x)`."""
    shape = shape_of(call.args[0]) if call.args else None
    if shape is None:
        return _unknown(call, "size")
    if len(call.args) > 1:
        axis = call.args[1]
        if type(axis) is int and axis > 0:
            return shape[axis - 1] if axis <= len(shape) else 1
        return Unknown("`size`", call.line)
    if call.outputs < 2:
        return row(list(shape))
    padded = [*shape, *[1] * call.outputs]
    last = prod(shape[call.outputs - 1 :]) if len(shape) >= call.outputs else 1
    return [*padded[: call.outputs - 1], last]


def _of_shape(function: Callable[[tuple[int, ...]], Any], name: str) -> Builtin:
    def run(machine: Machine, call: Call) -> Any:
        shape = shape_of(call.args[0]) if call.args else None
        return _unknown(call, name) if shape is None else function(shape)

    return run


def _filled(value: Any, name: str) -> Builtin:
    """`zeros(2, 3)`, `zeros([2 3])`; large ones are known by their size alone."""

    def run(machine: Machine, call: Call) -> Any:
        sizes = [one for one in call.args if text_of(one) is None]
        if len(sizes) == 1 and type(sizes[0]) is Array:
            sizes = list(sizes[0].values or ())
        if not all(type(one) is int and one >= 0 for one in sizes):
            return _unknown(call, name)
        shape = tuple(sizes) if len(sizes) > 1 else (sizes[0],) * 2 if sizes else (1, 1)
        if value is None or prod(shape) > _MOST_ELEMENTS:
            return Array(shape, None) if prod(shape) != 1 else Unknown(f"`{name}`", call.line)
        machine.meter.take(16 * prod(shape), "this array")
        return array(shape, [value] * prod(shape))

    return run


def _folded(function: Callable[[list[Any]], Any], name: str) -> Builtin:
    """A sum, product, maximum over all elements of a vector, or of two numbers."""

    def run(machine: Machine, call: Call) -> Any:
        if len(call.args) > 1 and all(is_number(one) for one in call.args):
            return whole(function(list(call.args)))
        found = elements(call.args[0]) if call.args else None
        shape = shape_of(call.args[0]) if call.args else None
        flat = shape is not None and ((len(shape) < 3 and 1 in shape) or 0 in shape)
        if found is None or not flat or not all(is_number(one) for one in found):
            return _unknown(call, name)
        return whole(function(list(found))) if found else EMPTY if name in ("max", "min") else 0

    return run


def _joined(axis: int) -> Builtin:
    def run(machine: Machine, call: Call) -> Any:
        return (beside if axis else below)(machine, call.args, call.line)

    return run


def _cat(run: Machine, call: Call) -> Any:
    if not call.args or call.args[0] not in (1, 2):
        return _unknown(call, "cat")
    return (below if call.args[0] == 1 else beside)(run, call.args[1:], call.line)


def _repeated(run: Machine, call: Call) -> Any:
    """`repmat(x, 3, 1)`, `repmat(x, [3 1])`, `repmat(x, 2)`."""
    if len(call.args) < 2:
        return _unknown(call, "repmat")
    counts = list(elements(call.args[1]) or ()) if len(call.args) == 2 else list(call.args[1:])
    if len(counts) == 1:
        counts *= 2
    if len(counts) != 2 or not all(type(one) is int and 0 <= one < 10_000 for one in counts):
        return _unknown(call, "repmat")
    value = call.args[0]
    size = prod(shape_of(value) or (1,))
    run.meter.take(16 * size * counts[0] * counts[1], "this array")
    if not all(counts):
        return EMPTY
    side = beside(run, [value] * counts[1], call.line)
    return below(run, [side] * counts[0], call.line)


def _cell(run: Machine, call: Call) -> Any:
    sizes = list(elements(call.args[0]) or ()) if len(call.args) == 1 else list(call.args)
    if not all(type(one) is int and 0 <= one < 10_000 for one in sizes) or not sizes:
        return _unknown(call, "cell")
    shape = tuple(sizes) if len(sizes) > 1 else (sizes[0], sizes[0])
    run.meter.take(16 * prod(shape), "this cell array")
    return Cell(shape, (EMPTY,) * prod(shape))


def _struct(run: Machine, call: Call) -> Any:
    """`struct('a', 1, 'b', 2)`."""
    pairs = zip(call.args[::2], call.args[1::2], strict=False)
    return Struct({text_of(key) or "": value for key, value in pairs})


def _numbered(run: Machine, call: Call) -> Any:
    """`linspace(a, b, n)`."""
    if len(call.args) != 3 or not all(is_number(one) for one in call.args):
        return _unknown(call, "linspace")
    start, stop, count = call.args
    if type(count) is not int or not 1 <= count <= 10_000:
        return _unknown(call, "linspace")
    step = (stop - start) / max(count - 1, 1)
    return row([whole(start + step * place) for place in range(count)])


def _reversed(run: Machine, call: Call) -> Any:
    value = call.args[0] if call.args else EMPTY
    found, shape = elements(value), shape_of(value)
    if found is None or shape is None or 1 not in shape:
        return _unknown(call, "flip")
    if type(value) is Chars:
        return Chars(value.text[::-1])
    return array(shape, found[::-1])


def _summed(values: list[Any]) -> Any:
    return sum(values)


def _product(values: list[Any]) -> Any:
    # In floating point beyond what a double holds exactly: whole numbers would grow without end.
    return reduce(lambda one, two: one * two if abs(one) < 2**53 else float(one) * two, values, 1)


def _truths(function: Callable[[list[Any]], bool]) -> Callable[[list[Any]], Any]:
    return lambda values: function(values)


def _is(test: Callable[[Any], bool]) -> Builtin:
    def run(machine: Machine, call: Call) -> Any:
        if not call.args or type(call.args[0]) is Unknown:
            return _unknown(call, "this test")
        return test(call.args[0])

    return run


def _has_field(run: Machine, call: Call) -> Any:
    if len(call.args) != 2 or type(call.args[0]) is Unknown:
        return _unknown(call, "isfield")
    name = text_of(call.args[1])
    return type(call.args[0]) is Struct and name in call.args[0].fields


def _row(value: Any) -> bool:
    return (shape_of(value) or (0, 0))[0] == 1


FUNCTIONS: Final[dict[str, Builtin]] = {
    "size": _size,
    "numel": _of_shape(lambda shape: prod(shape), "numel"),
    "length": _of_shape(lambda shape: 0 if 0 in shape else max(shape), "length"),
    "ndims": _of_shape(len, "ndims"),
    "height": _of_shape(lambda shape: shape[0], "height"),
    "width": _of_shape(lambda shape: shape[1], "width"),
    "isempty": _of_shape(lambda shape: 0 in shape, "isempty"),
    "zeros": _filled(0, "zeros"),
    "ones": _filled(1, "ones"),
    "true": _filled(True, "true"),
    "false": _filled(False, "false"),
    "rand": _filled(None, "rand"),
    "randn": _filled(None, "randn"),
    "sum": _folded(_summed, "sum"),
    "prod": _folded(_product, "prod"),
    "max": _folded(max, "max"),
    "min": _folded(min, "min"),
    "any": _folded(_truths(any), "any"),
    "all": _folded(_truths(all), "all"),
    "mean": _folded(lambda values: sum(values) / len(values), "mean"),
    "horzcat": _joined(1),
    "vertcat": _joined(0),
    "cat": _cat,
    "repmat": _repeated,
    "cell": _cell,
    "struct": _struct,
    "linspace": _numbered,
    "flip": _reversed,
    "fliplr": _reversed,
    "isnumeric": _is(lambda one: is_number(one) or type(one) is Array),
    "iscell": _is(lambda one: type(one) is Cell),
    "isstruct": _is(lambda one: type(one) is Struct),
    "ischar": _is(lambda one: type(one) is Chars),
    "isstring": _is(lambda one: type(one) is str),
    "isscalar": _is(lambda one: shape_of(one) == (1, 1)),
    "isrow": _is(_row),
    "isvector": _is(lambda one: 1 in (shape_of(one) or ()) and not is_empty(one)),
    "isfield": _has_field,
}
