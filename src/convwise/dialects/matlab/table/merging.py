"""MATLAB's layers of several inputs: `in1`, `in2`, ...; axes are counted in MATLAB's order."""

from __future__ import annotations

from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.table.shapes import SPACE, TIME
from convwise.dialects.matlab.table.values import count
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, Tensor, describe
from convwise.kinds.merge import Concatenate, Merge


def _numbered(arguments: Arguments) -> tuple[str, ...]:
    return tuple([f"in{place + 1}" for place in range(arguments["NumInputs"])])


def _arithmetic(name: str, operation: str, default: str) -> Entry:
    kind = Merge(operation)

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(kind),)

    parameters = (Parameter("NumInputs", REQUIRED, count),)
    return Entry(name, parameters, parts, default, 1, ports=_numbered)


def _several(arguments: Arguments) -> None:
    if arguments["NumInputs"] < 2:
        raise RuleError(
            f"NumInputs must be 2 or more, found {arguments['NumInputs']}", hint="such as 2"
        )


def ordered(source: Tensor) -> list[int]:
    """Positions of the axes in MATLAB's order: space, channel, batch, time."""
    space = [place for place, role in enumerate(source.roles) if role in SPACE]
    time = [place for place, role in enumerate(source.roles) if role == TIME]
    batch = [place for place, role in enumerate(source.roles) if role == BATCH]
    named = {*space, *time, *batch}
    rest = [place for place in range(source.rank) if place not in named]
    return [*space, *rest, *batch, *time]


def _concatenate(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    source, dim = inputs[0], arguments["Dim"]
    if not source.known:
        return (Part(Concatenate(-1)),)
    order = ordered(source)
    if dim > len(order):
        raise RuleError(
            f"dimension {dim} does not exist in the input {describe(source)}",
            hint=f"its dimensions are 1 to {len(order)}: space, then channels",
        )
    return (Part(Concatenate(order[dim - 1])),)


def _depth(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Concatenate(-1)),)


_INPUTS = Parameter("NumInputs", REQUIRED, count)

ENTRIES = (
    _arithmetic("additionLayer", "add", "addition"),
    _arithmetic("multiplicationLayer", "multiply", "multiplication"),
    Entry(
        "concatenationLayer",
        (Parameter("Dim", REQUIRED, count), _INPUTS),
        _concatenate,
        "concat",
        2,
        ports=_numbered,
        agree=_several,
    ),
    Entry(
        "depthConcatenationLayer",
        (_INPUTS,),
        _depth,
        "depthcat",
        1,
        ports=_numbered,
        agree=_several,
    ),
)
