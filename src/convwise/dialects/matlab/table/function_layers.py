"""MATLAB's functionLayer: functions that are a chain of known ones; of others their size."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.matlab.function_bodies import OVER, Body, Step, body_of
from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.table.merging import ordered
from convwise.dialects.matlab.table.values import auto, count
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.graph.axes import Tensor
from convwise.kinds.activation import FUNCTIONS, Activation
from convwise.kinds.contract import Kind
from convwise.kinds.merge import Merge
from convwise.kinds.reduce import Reduce
from convwise.kinds.source import Unknown
from convwise.kinds.unary import Unary
from convwise.kinds.views import Identity

_WHAT: Final = "the function of a functionLayer"
#: MATLAB's name of a function of each value -> the kind's, where it is another one.
_NAMES: Final = {"leakyrelu": "leaky_relu"}


def _body(value: Any, name: str) -> Body | None:
    return body_of(value)


def _function(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    body = arguments["PredictFcn"]
    if body is None or not inputs or len(_outputs(arguments)) > 1 or body.inputs != len(inputs):
        return (Part(Unknown(_WHAT)),)
    if body.steps is not None:
        kinds = [_kind(step, inputs[0], len(inputs) > 1 and not at) for at, step in _numbered(body)]
        return tuple([Part(kind) for kind in kinds]) or (Part(Identity()),)
    if body.gone is None or len(inputs) > 1:
        return (Part(Unknown(_WHAT)),)
    order = ordered(inputs[0])
    sizes = {order[dim - 1]: 1 for dim in body.gone if dim <= len(order)}
    return (Part(Unknown(_WHAT, (inputs[0].with_dims(sizes),))),)  # type: ignore[arg-type]


def _numbered(body: Body) -> enumerate[Step]:
    return enumerate(body.steps or ())


def _kind(step: Step, source: Tensor, merges: bool) -> Kind:
    if merges:
        return Merge(step.function)
    if step.function in OVER and step.number is not None:
        order = ordered(source)
        place = int(step.number) - 1
        # Dimensions behind the last one have size 1: nothing happens.
        return Reduce(step.function, (order[place],), True) if place < len(order) else Identity()
    if step.number is not None:
        return _with_number(step.function, step.number)
    name = _NAMES.get(step.function, step.function)
    return Activation(name) if name in FUNCTIONS else Unary(step.function)


def _with_number(function: str, number: float) -> Kind:
    if function == "add":
        return Unary("add", (number,))
    if function == "subtract":
        return Unary("add", (-number,))
    if function == "power":
        return Unary("power", (number,))
    if function == "divide":
        return Unary("scale", (1 / number,)) if number else Unknown(f"{_WHAT}, which divides by 0")
    return Unary("scale", (number,))


def _inputs(arguments: Arguments) -> tuple[str, ...]:
    """As many as the function takes, where nothing else is said."""
    body = arguments["PredictFcn"]
    return _ports("in", arguments["InputNames"], arguments["NumInputs"] or (body and body.inputs))


def _outputs(arguments: Arguments) -> tuple[str, ...]:
    return _ports("out", arguments["OutputNames"], arguments["NumOutputs"])


def _ports(word: str, names: Any, number: int | None) -> tuple[str, ...]:
    if type(names) is str:
        return (names,)
    if type(names) in (list, tuple) and names:
        return tuple([str(one) for one in names])
    if number is None or number == 1:
        return (word,)
    return tuple([f"{word}{place + 1}" for place in range(number)])


ENTRIES = (
    Entry(
        "functionLayer",
        (
            Parameter("PredictFcn", REQUIRED, _body),
            Parameter("NumInputs", None, auto(count)),
            Parameter("NumOutputs", None, auto(count)),
            *free("InputNames", "OutputNames", "Formattable", "Acceleratable"),
        ),
        _function,
        "layer",
        1,
        ports=_inputs,
        outputs=_outputs,
    ),
)
