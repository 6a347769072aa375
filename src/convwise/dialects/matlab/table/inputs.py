"""MATLAB's input layers: which axes the data have, batch first; free sizes are symbols."""

from __future__ import annotations

from math import isnan
from typing import Any, Final

from convwise.dialects.matlab.table.entry import Entry, no_input
from convwise.dialects.matlab.table.shapes import SPACE, TIME
from convwise.dialects.matlab.table.values import flag, show
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, FEATURE, FREE_BATCH, Axis, Tensor
from convwise.graph.dims import Dim, symbol
from convwise.kinds.source import Input

_NORMALISED = free(
    "Normalization",
    "NormalizationDimension",
    "Mean",
    "StandardDeviation",
    "Min",
    "Max",
    "DataAugmentation",
    "InputSize",
)
_SPLIT = Parameter("SplitComplexInputs", False, flag)
_LETTERS: Final = {"height": "H", "width": "W", "depth": "D", TIME: "T", CHANNEL: "C"}


def _listed(lengths: tuple[int, ...]) -> Any:
    """A vector of so many sizes."""
    wanted = " or ".join([str(one) for one in lengths])

    def checked(value: Any, name: str) -> tuple[int, ...]:
        found = value if type(value) is tuple else (value,)
        if len(found) in lengths and all(type(one) is int and one > 0 for one in found):
            return found
        raise RuleError(
            f"{name} must be {wanted} positive integers, found {show(value)}",
            hint=f"such as {show((28, 28, 28, 1)[-max(lengths) :])}",
        )

    return checked


def _tensor(space: tuple[Dim, ...], channels: Dim, timed: bool, role: str = CHANNEL) -> Tensor:
    axes = [Axis(BATCH, FREE_BATCH)]
    if timed:
        axes.append(Axis(TIME, symbol(_LETTERS[TIME])))
    axes.extend([Axis(one, size) for one, size in zip(SPACE, space, strict=False)])
    return Tensor((*axes, Axis(role, channels)))


def _channels(arguments: Arguments, channels: int) -> int:
    """Real and imaginary parts are channels of their own."""
    return channels * 2 if arguments["SplitComplexInputs"] else channels


def _image(rank: int) -> Any:
    def enters(arguments: Arguments) -> Tensor:
        size = arguments["InputSize"]
        channels = size[rank] if len(size) > rank else 1
        return _tensor(size[:rank], _channels(arguments, channels), False)

    return enters


def _sequence(arguments: Arguments) -> Tensor:
    *space, channels = arguments["InputSize"]
    return _tensor(tuple(space), _channels(arguments, channels), True)


def _features(arguments: Arguments) -> Tensor:
    channels = _channels(arguments, arguments["InputSize"][0])
    return _tensor((), channels, False, FEATURE)


def _sizes(value: Any, name: str) -> tuple[int | None, ...]:
    """NaN is a free size; the batch may be left free by writing fewer sizes than letters."""
    found = value if type(value) is tuple else (value,)
    if found and all(_is_size(one) for one in found):
        return tuple([one if type(one) is int else None for one in found])
    raise RuleError(
        f"{name} must be positive integers or NaN, found {show(value)}", hint="such as [28 28 1]"
    )


def _is_size(value: Any) -> bool:
    return (type(value) is int and value > 0) or (type(value) is float and isnan(value))


def _format(value: Any, name: str) -> str:
    plain = type(value) is str and value and not value.upper().strip("SCBTU")
    found = value.upper() if plain else ""
    once = [found.count(one) <= 1 for one in "CBT"]
    if plain and all(once) and found.count("S") <= len(SPACE) and "U" not in found:
        return str(found)
    raise RuleError(
        f"{name} must be letters of S, C, B and T, found {show(value)}",
        hint='"SSCB" for images, "CBT" for sequences, "CB" for features',
    )


def _formatted(arguments: Arguments) -> Tensor:
    """Axes in the order batch, time, space, channel, whatever the order of the letters."""
    letters, sizes = arguments["InputFormat"], arguments["InputSize"]
    roles = _roles(letters)
    given = (*sizes, *[None] * (len(letters) - len(sizes)))
    found = dict(zip(roles, given, strict=False))
    axes = [Axis(BATCH, found.pop(BATCH, None) or FREE_BATCH)]
    last = CHANNEL if len(found) > 1 or CHANNEL not in found else FEATURE
    for role in (TIME, *SPACE, CHANNEL):
        if role in found:
            size = found[role]
            dim: Dim = symbol(_LETTERS[role]) if size is None else size
            axes.append(Axis(last if role == CHANNEL else role, dim))
    return Tensor(tuple(axes))


def _roles(letters: str) -> list[str]:
    space = iter(SPACE)
    names = {"C": CHANNEL, "B": BATCH, "T": TIME}
    return [next(space) if letter == "S" else names[letter] for letter in letters]


def _fits(arguments: Arguments) -> None:
    letters, sizes = arguments["InputFormat"], arguments["InputSize"]
    if len(sizes) > len(letters):
        raise RuleError(
            f"there are {len(sizes)} sizes and the format {letters} has {len(letters)} letters",
            hint="one size per letter",
        )


def _entry(
    name: str, default: str, size: Any, enters: Any, *more: Parameter, positional: int = 1
) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(Input(enters(arguments))),)

    free_ones = tuple([one for one in _NORMALISED if one.name != "InputSize"])
    parameters = (Parameter("InputSize", REQUIRED, size), *more, *free_ones)
    agree = _fits if positional > 1 else None
    return Entry(
        name, parameters, parts, default, positional, ports=no_input, enters=enters, agree=agree
    )


_LENGTH = free("MinLength", "PointsRange")

ENTRIES = (
    _entry("imageInputLayer", "imageinput", _listed((2, 3)), _image(2), _SPLIT),
    _entry("image3dInputLayer", "image3dinput", _listed((3, 4)), _image(3), _SPLIT),
    _entry(
        "sequenceInputLayer", "sequenceinput", _listed((1, 2, 3, 4)), _sequence, _SPLIT, *_LENGTH
    ),
    _entry("featureInputLayer", "input", _listed((1,)), _features, _SPLIT),
    _entry(
        "inputLayer",
        "input",
        _sizes,
        _formatted,
        Parameter("InputFormat", REQUIRED, _format),
        positional=2,
    ),
)
