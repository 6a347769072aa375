"""Parts of MATLAB's arrays and cells, and storing into them: x(2), x(:, end), c{3}; by value."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from convwise.dialects.matlab.values import (
    EMPTY,
    Array,
    Cell,
    Chars,
    Missing,
    array,
    described,
    elements,
    index_number,
    is_empty,
    shape_of,
    text_of,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

#: No array of a network's code is longer; storing at such a place is a mistake.
_MOST_ELEMENTS = 100_000


def part(value: Any, indices: Sequence[Any], line: int) -> Any:
    """`value(i, j)`, and `cell{i}` of the cell's values."""
    found = elements(value)
    shape = shape_of(value)
    unknown = next((one for one in indices if type(one) is Unknown), None)
    if unknown is not None:
        return unknown
    if not indices:
        return value
    if found is None or shape is None:
        return value if type(value) is Unknown else Unknown("an element of an unknown array", line)
    places, sizes = _places(shape, indices, line)
    picked = [found[place] for place in places]
    return _rebuilt(value, _shaped(shape, indices, sizes), picked)


def _shaped(shape: Sequence[int], indices: Sequence[Any], sizes: list[int]) -> tuple[int, ...]:
    """The shape of a part: one index into a row gives a row, into anything else a column."""
    if len(indices) > 1:
        return tuple(sizes)
    index = indices[0]
    if type(index) is Array and len(index.shape) == 2 and min(index.shape) > 1:
        return index.shape
    lies = shape[0] == 1 and len(shape) == 2 and type(index) is not Missing
    if lies or (type(index) is Array and index.shape[0] == 1 and 1 not in shape):
        return (1, sizes[0])
    return (sizes[0], 1)


def _rebuilt(value: Any, shape: Sequence[int], picked: list[Any]) -> Any:
    if type(value) is Cell:
        return Cell(tuple(shape), tuple(picked))
    if type(value) is Chars:
        return Chars("".join([one.text for one in picked]))
    return array(tuple(shape), picked)


def _places(shape: Sequence[int], indices: Sequence[Any], line: int) -> tuple[list[int], list[int]]:
    """Column-major places of the chosen elements, and how many each index chose."""
    extents = _extents(shape, len(indices))
    chosen = [_numbers(one, extent, line) for one, extent in zip(indices, extents, strict=True)]
    for numbers, extent in zip(chosen, extents, strict=True):
        if numbers and max(numbers) > extent:
            size = " x ".join([str(one) for one in shape])
            raise RuleError(
                f"index {max(numbers)} exceeds the array, which has {size} elements",
                line=line,
                hint=f"it has places 1 to {extent} here",
            )
    if prod([len(numbers) for numbers in chosen]) > _MOST_ELEMENTS:
        raise RuleError("too many elements are asked for", line=line, hint="is it a mistake?")
    places = [0]
    stride = 1
    for numbers, extent in zip(chosen, extents, strict=True):
        places = [place + (number - 1) * stride for number in numbers for place in places]
        stride *= extent
    return places, [len(numbers) for numbers in chosen]


def _extents(shape: Sequence[int], count: int) -> list[int]:
    """The axes that so many indices see: the last one takes all that are left."""
    found = [*shape, *[1] * max(count - len(shape), 0)]
    last = 1
    for extent in found[count - 1 :]:
        last *= extent
    return [*found[: count - 1], last]


def _numbers(index: Any, extent: int, line: int) -> list[int]:
    """The places that one index names, counted from 1."""
    if type(index) is Missing:
        return list(range(1, extent + 1))
    if text_of(index) == ":":
        return list(range(1, extent + 1))
    found = elements(index)
    if found is None:
        raise RuleError(f"{described(index)} is no index", line=line)
    if found and all(type(one) is bool for one in found):
        return [place + 1 for place, wanted in enumerate(found) if wanted]
    return [index_number(one, line) for one in found]


def end_of(value: Any, place: int, count: int) -> Any:
    """What `end` means in the index number `place` of `count`."""
    shape = shape_of(value)
    if shape is None:
        return value
    return _extents(shape, count)[place]


def stored(value: Any, indices: Sequence[Any], given: Any, line: int, cell: bool = False) -> Any:
    """`value` with `given` at the indices; it grows where the place is behind its end."""
    unknown = next((one for one in (value, *indices) if type(one) is Unknown), None)
    if unknown is not None:
        return unknown
    if not cell and type(given) is Array and given.shape == (0, 0) and type(value) is not Cell:
        return _without(value, indices, line)
    whole = any(type(one) is Missing for one in indices)
    if type(given) is Unknown and whole and is_empty(value) and not cell:
        return given  # as many elements as nobody knows
    if is_empty(value) and type(value) is not Cell:
        value = Cell((0, 0), ()) if cell or type(given) is Cell else EMPTY
    if len(indices) == 1:
        return _stored_along(value, indices[0], given, line, cell)
    return _stored_at(value, indices, given, line, cell)


def _stored_along(value: Any, index: Any, given: Any, line: int, cell: bool) -> Any:
    """One index: a row grows to the right, a column downwards."""
    shape = shape_of(value) or (0, 0)
    held = elements(value) or ()
    if type(value) is Cell and cell and shape[0] < 2 and index == len(held) + 1 <= _MOST_ELEMENTS:
        return Cell((1, index), (*held, given))  # one more at the end, the way code grows
    found = list(held)
    numbers = _numbers(index, len(found), line)
    top = max(numbers, default=0)
    if top > _MOST_ELEMENTS:
        raise RuleError(f"index {top} is too far", line=line, hint="is it a mistake?")
    if top > len(found):
        found += [_filler(value, given)] * (top - len(found))
        shape = (top, 1) if shape[1:] == (1,) and shape[0] > 1 else (1, top)
    values = _given(given, len(numbers), line, cell)
    for number, one in zip(numbers, values, strict=True):
        found[number - 1] = one
    return _rebuilt(value, shape, found)


def _filler(value: Any, given: Any) -> Any:
    if type(value) is Cell:
        return EMPTY
    return Chars(" ") if type(value) is Chars else 0 if not isinstance(given, str) else ""


def _given(given: Any, count: int, line: int, cell: bool) -> tuple[Any, ...]:
    """As many values as places: one value goes to all of them."""
    found = (given,) if cell else elements(given)
    if found is None:
        return (Unknown("an element of an unknown array", line),) * count
    if len(found) == 1:
        return tuple(found) * count
    if len(found) != count:
        raise RuleError(
            f"{len(found)} values are stored in {count} places",
            line=line,
            hint="both sides need as many elements",
        )
    return tuple(found)


def _stored_at(value: Any, indices: Sequence[Any], given: Any, line: int, cell: bool) -> Any:
    """Several indices: the array is enlarged to hold them."""
    shape = list(shape_of(value) or (0, 0))
    shape += [1] * (len(indices) - len(shape))
    if len(shape) > len(indices):
        return Unknown("an array of more axes than indices", line)
    tops = [max(_numbers(one, shape[place], line), default=0) for place, one in enumerate(indices)]
    wanted = [max(extent, top) for extent, top in zip(shape, tops, strict=True)]
    total = 1
    for extent in wanted:
        total *= extent
    if total > _MOST_ELEMENTS:
        return Array(tuple(wanted), None)
    old = elements(value) or ()
    made = [_filler(value, given)] * total
    for place, one in enumerate(old):
        made[_moved(place, shape, wanted)] = one
    places, sizes = _places(wanted, indices, line)
    count = 1
    for size in sizes:
        count *= size
    for place, one in zip(places, _given(given, count, line, cell), strict=True):
        made[place] = one
    return _rebuilt(value, wanted, made)


def _moved(place: int, shape: Sequence[int], wanted: Sequence[int]) -> int:
    found, stride = 0, 1
    for extent, new in zip(shape, wanted, strict=True):
        place, here = divmod(place, max(extent, 1))
        found += here * stride
        stride *= new
    return found


def _without(value: Any, indices: Sequence[Any], line: int) -> Any:
    """`x(2) = []`: the elements are taken out."""
    found, shape = elements(value), shape_of(value)
    if found is None or shape is None or len(indices) != 1:
        return Unknown("an array with parts taken out", line)
    gone = set(_numbers(indices[0], len(found), line))
    kept = [one for place, one in enumerate(found, 1) if place not in gone]
    return _rebuilt(value, (1, len(kept)) if shape[0] == 1 else (len(kept), 1), kept)
