"""What a MATLAB layer function is, as data: names, parameters, ports, the kinds it stands for.

Must never hold the facts of one layer, and never read code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part, Rewrite
from convwise.graph.axes import Tensor

Parts = Callable[[Arguments, Inputs], tuple[Part, ...]]
Ports = Callable[[Arguments], tuple[str, ...]]

#: What every layer function takes besides its own parameters; none of it changes a shape.
COMMON: Final = frozenset(("Name", "Description", "Type"))


def one_input(arguments: Arguments) -> tuple[str, ...]:
    """The port of a layer with a single input."""
    return ("in",)


def one_output(arguments: Arguments) -> tuple[str, ...]:
    """The port of a layer with a single output."""
    return ("out",)


def no_input(arguments: Arguments) -> tuple[str, ...]:
    """An input layer has no input port."""
    return ()


def first_only(arguments: Arguments) -> tuple[int, ...]:
    """Of the other inputs only the sizes are needed."""
    return (0,)


def from_nothing(arguments: Arguments) -> tuple[int, ...]:
    """The values are the layer's own: of its input only the sizes are needed."""
    return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer function of the Deep Learning Toolbox.

    parameters: the positional ones first, then the name-value pairs, under MATLAB's own names.
    positional: how many of them may come by position; one that is the name of a parameter begins
    the name-value pairs.
    parts(arguments, inputs): the operations, each fed by the one before it. `inputs` are tensors
    at all input ports; the first operation is fed with those that `feeds(arguments)` numbers, by
    default all of them; of the others only the sizes are needed. default_name: what MATLAB calls
    the layer when it has no name, before `_1`.
    ports, outputs: names of the input and output ports, in the order of the operands and results.
    Ports behind the last result ("size", "miniBatchSize") pass on the layer's first input, of which
    only the sizes are read.
    enters(arguments): what an input layer passes on, batch first; None for all others. The first
    operation that reads it may give the last axis another role.
    names: MATLAB's names of its weights by part and role, where WEIGHT_NAMES does not say it.
    """

    name: str
    parameters: tuple[Parameter, ...]
    parts: Parts
    default_name: str
    positional: int = 0
    ports: Ports = one_input
    outputs: Ports = one_output
    feeds: Callable[[Arguments], tuple[int, ...]] | None = None
    enters: Callable[[Arguments], Tensor] | None = None
    aliases: tuple[str, ...] = ()
    names: Mapping[str, str] | None = None
    old: Mapping[str, str] | None = None
    rewrite: Rewrite | None = None
    agree: Callable[[Arguments], None] | None = None

    @property
    def common(self) -> frozenset[str]:
        return COMMON

    @property
    def source(self) -> bool:
        """Whether it is an input layer."""
        return self.enters is not None


#: MATLAB's names of the weights of a layer, by the kinds' roles.
WEIGHT_NAMES: Final[Mapping[str, str]] = {
    "kernel": "Weights",
    "bias": "Bias",
    "gamma": "Scale",
    "beta": "Offset",
    "moving_mean": "TrainedMean",
    "moving_variance": "TrainedVariance",
    "alpha": "Alpha",
    "table": "Weights",
}


def weight_name(entry: Entry, key: str) -> str:
    """MATLAB's name of a weight from its part and role: "kernel", "forward/recurrent_kernel"."""
    if entry.names is not None and key in entry.names:
        return entry.names[key]
    part, _, role = key.rpartition("/")
    name = WEIGHT_NAMES.get(role, role)
    return f"{part}/{name}" if part else name
