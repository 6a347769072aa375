"""Keras's layers of several inputs, in the spellings of all versions."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.checks import flag, integer, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.errors import RuleError
from convwise.kinds.dot import Dot
from convwise.kinds.merge import Concatenate, Merge

#: Keras's classes of elementwise arithmetic -> the kind's operation.
OPERATIONS: Final[dict[str, str]] = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Average": "average",
    "Maximum": "maximum",
    "Minimum": "minimum",
}

#: `merge(..., mode=...)` and `Merge(mode=...)` of Keras 1 -> today's layer.
MODES: Final[dict[str, str]] = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}


def _arithmetic(name: str) -> Entry:
    kind = Merge(OPERATIONS[name])

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        if len(inputs) < 2:
            raise RuleError(
                f"{name} needs at least 2 inputs, found {len(inputs)}",
                hint=f"give it a list: {name}()([a, b])",
            )
        return (Part(kind),)

    return Entry(name, (), parts, many=True)


def _concatenate(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    if len(inputs) < 2:
        raise RuleError(
            f"Concatenate needs at least 2 inputs, found {len(inputs)}",
            hint="give it a list: Concatenate()([a, b])",
        )
    return (Part(Concatenate(arguments["axis"])),)


def _pair(value: Any, name: str) -> tuple[int, int]:
    found: Any = (value, value) if type(value) is int else value
    if type(found) in (tuple, list) and len(found) == 2:
        first, second = found
        if type(first) in (tuple, list) and len(first) == len(second) == 1:
            first, second = first[0], second[0]
        if type(first) is int and type(second) is int:
            return first, second
    raise RuleError(
        f"{name} must be an integer or a pair of integers, found {show(value)}",
        hint=f"such as {name}=1, or {name}=(1, 2)",
    )


def _dot(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Dot(arguments["axes"], arguments["normalize"])),)


ENTRIES = (
    *[_arithmetic(name) for name in OPERATIONS],
    Entry(
        "Concatenate",
        (Parameter("axis", -1, integer),),
        _concatenate,
        old={"concat_axis": "axis"},
        many=True,
    ),
    Entry(
        "Dot",
        (Parameter("axes", REQUIRED, _pair), Parameter("normalize", False, flag)),
        _dot,
        old={"dot_axes": "axes"},
        many=True,
    ),
)
