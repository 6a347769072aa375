"""Arrays of NumPy and of data sets: their shapes, and small ones' numbers; never any data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final, final

from convwise.dialects.python.functions import Function
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import Abstract, At, Missing, Unknown, is_plain_slice

Sizes = tuple[int | None, ...]
Number = int | float

#: Attributes and methods of an array, by name.
Methods = Callable[["Array", str, At], object]

#: The longest array whose numbers are kept.
LONGEST = 1000

#: Operators whose result is true or false for every value, and those that keep it so.
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
_LOGIC: Final = ("&", "|", "^")


@final
class Array(Abstract):
    """An array: its sizes (None when not known), and its numbers when they are few and one row.

    `example`: the input that a dialect has made of it, when a network was called on it.
    `methods(array, name, at)`: attributes as the framework that made the array has them; None: as
    NumPy has them.
    """

    __slots__ = ("dtype", "example", "methods", "shape", "values")

    def __init__(
        self, shape: Sizes | None, values: tuple[Number, ...] | None = None, dtype: str = "float32"
    ) -> None:
        self.shape = shape
        self.values = values
        self.dtype = dtype
        self.example: object = None
        self.methods: Methods | None = None

    def describe(self) -> str:
        return f"an array of shape {self.shape}"

    def changed_by(self, method: str) -> bool:
        return False

    @property
    def number(self) -> Number | None:
        """The number that an array without axes is."""
        return self.values[0] if self.values is not None and self.shape == () else None

    def alike(self, array: Array) -> Array:
        """An array that comes of this one, of the same framework."""
        array.methods = self.methods
        return array

    def get(self, name: str, at: At) -> object:
        return self.plain(name, at) if self.methods is None else self.methods(self, name, at)

    def plain(self, name: str, at: At) -> object:
        """An attribute as NumPy has it. Raises Missing."""
        if name == "shape":
            return self.shape if self.shape is not None else Unknown("the shape of data", at.line)
        if name == "ndim":
            return len(self.shape) if self.shape is not None else Unknown("data", at.line)
        if name == "size":
            return self._size(at)
        if name == "dtype":
            return self.dtype
        if name == "T":
            return Array(None if self.shape is None else self.shape[::-1])
        method = _METHODS.get(name)
        if method is None:
            raise Missing(name)
        return Function(name, lambda args, kwargs, at: method(self, args, kwargs, at))

    def _size(self, at: At) -> object:
        if self.shape is None or None in self.shape:
            return Unknown("the size of data", at.line)
        return math.prod([one for one in self.shape if one is not None])

    def item(self, index: object, at: At) -> object:
        if self.values is not None and len(self.shape or ()) == 1:
            found = _taken(self.values, index)
            if found is not None:
                return self._element(found)
        return self.alike(Array(_indexed(self.shape, index), None, self.dtype))

    def _element(self, found: object) -> object:
        """A number or part of the array; tensors give tensors without axes."""
        if type(found) is Array:
            found.dtype = self.dtype
            return self.alike(found)
        if self.methods is None:
            return found
        return self.alike(Array((), (found,), self.dtype))  # type: ignore[arg-type]

    def set_item(self, index: object, value: object, at: At) -> None:
        """A number of a small array may be replaced."""
        if self.values is None:
            return
        if type(index) is int and type(value) in (int, float) and index < len(self.values):
            found = list(self.values)
            found[index] = value  # type: ignore[call-overload]
            self.values = tuple(found)
        else:
            self.values = None

    def length(self, at: At) -> int | Unknown:
        first = self.shape[0] if self.shape else None
        return first if first is not None else Unknown("the length of data", at.line)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        if self.values is not None and len(self.shape or ()) == 1:
            return iter([self._element(one) for one in self.values])
        if self.methods is not None and self.shape and self.shape[0] is not None:
            inner = self.shape[1:]
            count = min(self.shape[0], LONGEST)
            return iter([self.alike(Array(inner, None, self.dtype)) for _ in range(count)])
        return Unknown("the elements of data", at.line)

    def truth(self, at: At) -> bool | Unknown:
        return Unknown("the truth of data", at.line)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if isinstance(other, Abstract) and type(other) not in (Array, Size):
            return other.binary(op, self, not reflected, at)
        partner = other if type(other) is Array else as_array(other)
        if partner is None or op in ("in", "not in", "is", "is not"):
            return Unknown(f"`{op}` on data", at.line)
        shape = broadcast(self.shape, partner.shape)
        values = _combined(self, partner, op, reflected)
        if values is not None and shape == ():
            return values[0]
        framework = self if self.methods is not None else partner
        return framework.alike(Array(shape, values, self._type_with(op, other, partner.dtype)))

    def _type_with(self, op: str, other: object, dtype: str) -> str:
        """Comparisons give truth values; whole numbers stay whole but where they are divided."""
        if op in _COMPARISONS or (op in _LOGIC and self.dtype == dtype == "bool"):
            return "bool"
        whole = self.dtype.startswith("int") and op != "/"
        whole = whole and (type(other) is int or dtype.startswith("int"))
        return self.dtype if whole else "float32"

    def unary(self, op: str, at: At) -> object:
        if op == "-" and self.values is not None:
            return self.alike(Array(self.shape, tuple([-one for one in self.values]), self.dtype))
        return self.alike(Array(self.shape, None, self.dtype))


def as_array(value: object) -> Array | None:
    """A number or a list of numbers as an array; None for anything else."""
    if type(value) in (int, float, bool):
        return Array((), (value,))  # type: ignore[arg-type]
    if type(value) is Size:
        return Array((), None)
    if type(value) in (list, tuple):
        return _stacked(value)  # type: ignore[arg-type]
    return value if type(value) is Array else None


def _stacked(items: list[object] | tuple[object, ...]) -> Array | None:
    inner = [as_array(one) for one in items]
    if any(one is None for one in inner):
        return None
    shapes = {one.shape for one in inner if one is not None}
    if len(shapes) > 1 or None in shapes:
        return Array(None)
    shape = next(iter(shapes)) if shapes else ()
    values = [one.number for one in inner if one is not None]
    few = len(values) <= LONGEST and all(one is not None for one in values)
    numbers = tuple([one for one in values if one is not None]) if few else None
    return Array((len(items), *(shape or ())), numbers)


_OPERATORS: dict[str, Callable[[Number, Number], Number | bool]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _combined(one: Array, two: Array, op: str, reflected: bool) -> tuple[Number, ...] | None:
    """The numbers of a small sum or product; None when they are not kept."""
    if one.values is None or two.values is None:
        return None
    left, right = (two, one) if reflected else (one, two)
    assert left.values is not None and right.values is not None
    count = max(len(left.values), len(right.values))
    first, second = _repeated(left.values, count), _repeated(right.values, count)
    function = _power if op == "**" else _OPERATORS.get(op)
    if function is None or len(first) != len(second):
        return None
    try:
        return tuple([_small(function(a, b)) for a, b in zip(first, second, strict=True)])
    except (ArithmeticError, ValueError):
        return None


def _small(value: Number) -> Number:
    """NumPy's integers do not grow without bound either."""
    return float(value) if type(value) is int and abs(value) >= 2**63 else value


def _power(base: Number, exponent: Number) -> Number:
    """As floating point, which cannot grow without bound."""
    found: float = float(base) ** float(exponent)
    return found


def _repeated(values: tuple[Number, ...], count: int) -> tuple[Number, ...]:
    return values * count if len(values) == 1 else values


def broadcast(one: Sizes | None, two: Sizes | None) -> Sizes | None:
    """The shape of a sum as NumPy has it; None when it cannot be known."""
    if one is None or two is None:
        return None
    rank = max(len(one), len(two))
    left = (1,) * (rank - len(one)) + one
    right = (1,) * (rank - len(two)) + two
    return tuple([b if a == 1 else a for a, b in zip(left, right, strict=True)])


def _taken(values: tuple[Number, ...], index: object) -> object:
    if type(index) is int and -len(values) <= index < len(values):
        return values[index]
    if is_plain_slice(index):
        part = values[index]
        return Array((len(part),), part)
    return None


def _indexed(shape: Sizes | None, index: object) -> Sizes | None:
    """The sizes of a part of an array."""
    if shape is None:
        return None
    entries = list(index) if type(index) is tuple else [index]
    if Ellipsis in [one for one in entries if one is Ellipsis]:
        place = [one is Ellipsis for one in entries].index(True)
        counted = sum([one is not None and one is not Ellipsis for one in entries])
        filler: list[object] = [slice(None)] * (len(shape) - counted)
        entries[place : place + 1] = filler
    found: list[int | None] = []
    left = list(shape)
    for entry in entries:
        if entry is None:
            found.append(1)
            continue
        if not left:
            return None
        size = left.pop(0)
        if type(entry) is slice:
            found.append(_part(size, entry))
        elif type(entry) is not int:
            return None
    return (*found, *left)


def _part(size: int | None, entry: slice) -> int | None:
    ends = (entry.start, entry.stop, entry.step)
    if entry == slice(None):
        return size
    if size is None or any(one is not None and type(one) is not int for one in ends):
        return None
    return len(range(*entry.indices(size))) if entry.step != 0 else None


def reshaped(array: Array, target: object) -> Array:
    """The array under other sizes; -1 stands for what is left."""
    sizes = [target] if type(target) is int else target
    if type(sizes) not in (list, tuple) or not all(type(one) is int for one in sizes):  # type: ignore[attr-defined]
        return Array(None)
    found: list[int] = list(sizes)  # type: ignore[call-overload]
    if -1 in found:
        if array.shape is None or None in array.shape:
            return Array(tuple([None if one == -1 else one for one in found]))
        total = math.prod([one for one in array.shape if one is not None])
        rest = math.prod([one for one in found if one != -1]) or 1
        found[found.index(-1)] = total // rest
    return Array(tuple(found), array.values if len(found) == 1 else None, array.dtype)


def reduced(array: Array, axis: object, keepdims: bool, function: str) -> object:
    """Sum, mean, ... of an array: a number when it is small, else what is left of its shape."""
    if array.values is not None and axis in (None, 0, -1):
        return _reduce_numbers(array.values, function)
    if array.shape is None:
        return Array(None)
    rank = len(array.shape)
    listed: Any = axis if type(axis) in (tuple, list) else [axis]
    if axis is None or not rank:
        return Array(())
    gone = [one % rank for one in listed if type(one) is int]
    sizes = [
        (1 if i in gone else n) for i, n in enumerate(array.shape) if keepdims or i not in gone
    ]
    return Array(tuple(sizes))


def _reduce_numbers(values: tuple[Number, ...], function: str) -> object:
    if function == "sum":
        return sum(values)
    if function == "prod":
        return math.prod(values) if len(values) <= 64 else Array(())
    if not values:
        return Array(())
    if function == "mean":
        return sum(values) / len(values)
    if function in ("max", "min", "amax", "amin"):
        return max(values) if function.endswith("max") else min(values)
    return Array(())


def _reduction(function: str) -> Callable[..., object]:
    def run(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
        axis = args[0] if args else kwargs.get("axis")
        return reduced(array, axis, bool(kwargs.get("keepdims")), function)

    return run


def cast(array: Array, dtype: object) -> Array:
    """The same array in another type; "int" cuts the fraction off."""
    name = dtype if type(dtype) is str else getattr(dtype, "name", "float32")
    values = array.values
    if values is not None and str(name).startswith(("int", "uint")):
        values = tuple([int(one) for one in values])
    return Array(array.shape, values, str(name))


def _astype(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
    return cast(array, args[0] if args else kwargs.get("dtype"))


def _reshape(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
    return reshaped(array, args[0] if len(args) == 1 else list(args))


def _tolist(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
    if array.values is not None and len(array.shape or ()) <= 1:
        return list(array.values)
    return Unknown("the values of data", at.line)


def _flatten(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
    return reshaped(array, -1)


def _same(array: Array, args: list[object], kwargs: dict[str, object], at: At) -> object:
    return array


_METHODS: dict[str, Callable[..., object]] = {
    "astype": _astype,
    "reshape": _reshape,
    "tolist": _tolist,
    "flatten": _flatten,
    "ravel": _flatten,
    "copy": _same,
    "numpy": _same,
    "round": _same,
    **{name: _reduction(name) for name in ("sum", "mean", "max", "min", "prod", "std", "var")},
}
