"""What a module or function of PyTorch is, as data: parameters and the kinds it stands for.

Must never hold the facts of one module, and never read code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part, Rewrite
from convwise.graph.axes import Tensor

Parts = Callable[[Arguments, Inputs], tuple[Part, ...]]


class Expected(NamedTuple):
    """A size that a module is told and its input must have: `in_channels` on axis 1."""

    parameter: str
    size: int
    axis: int
    what: str


#: PyTorch's names of the weights of a layer, by the kinds' roles.
WEIGHT_NAMES: Final[Mapping[str, str]] = {
    "kernel": "weight",
    "gamma": "weight",
    "scale": "weight",
    "slope": "weight",
    "embeddings": "weight",
    "beta": "bias",
    "bias": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of torch.nn, or one function of torch.nn.functional.

    parameters: the constructor's, in positional order; of a function those behind its tensors.
    parts(arguments, inputs): the operations, each fed by the one before it; inputs are all the
    tensors of the call, in the order of `tensors`, those not given left out.
    tensors: names of the tensors that a call takes. options: other parameters of the call. order:
    all names of a call by position, where its tensors do not come first. Of a call with several
    tensors, arguments["given"] names those that it was given.
    expects(arguments): sizes that the first tensor must have.
    sees(arguments): tensors as a module that was never called may expect them, which tells its
    weights before any call; None when it has none. lazy: the sizes come with the first input.
    result(outputs, arguments): how code sees the outputs; by default one tensor, or a tuple.
    integers: the first tensor holds indices. names: its weights as PyTorch names them, by part
    and role ("kernel", "depthwise/kernel"), where WEIGHT_NAMES does not say it.
    """

    name: str
    parameters: tuple[Parameter, ...]
    parts: Parts
    tensors: tuple[str, ...] = ("input",)
    options: tuple[Parameter, ...] = ()
    order: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    agree: Callable[[Arguments], None] | None = None
    expects: Callable[[Arguments], tuple[Expected, ...]] | None = None
    sees: Callable[[Arguments], tuple[Tensor, ...]] | None = None
    result: Callable[[Sequence[object], Arguments], object] | None = None
    integers: bool = False
    names: Mapping[str, str] | None = None
    rewrite: Rewrite | None = None
    old: Mapping[str, str] | None = None

    @property
    def common(self) -> frozenset[str]:
        return _COMMON


#: What every module takes besides its own parameters.
_COMMON: Final = frozenset(("device", "dtype"))
