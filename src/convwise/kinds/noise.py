"""Kinds that are random in training and change nothing afterwards; samples no numbers itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import IDENTITY, STOCHASTIC, Example, Kept, Operands, Weightless
from convwise.kinds.formula import Formula
from convwise.kinds.plain import Plain, references
from convwise.kinds.windows import Reach

_STOCHASTIC = frozenset({STOCHASTIC})
_IDENTITY = frozenset({IDENTITY})

#: Flavours of dropout, and what each keeps for the backward pass: one value per random draw.
FLAVOURS = {"plain": "bool", "alpha": "bool", "gaussian": ""}


@dataclass(frozen=True, slots=True)
class Dropout(Plain):
    """Sets a share `rate` of the values to zero in training and scales the others up.

    Along `shared` axes one draw decides for all (spatial dropout). Flavour "alpha" keeps mean and
    variance of SELU networks, "gaussian" multiplies by noise around one instead. Source:
    Srivastava et al., Dropout (2014).
    """

    name: ClassVar[str] = "dropout"
    summary: ClassVar[str] = "Sets random values to zero while training."

    rate: float
    shared: tuple[AxisRef, ...] = ()
    flavour: str = "plain"

    @property
    def traits(self) -> frozenset[str]:
        return _STOCHASTIC if self.rate else _IDENTITY

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if not 0 <= self.rate <= 1:
            raise RuleError(
                f"a dropout rate of {self.rate} is outside of 0 to 1",
                hint="the rate is the share of values that are set to zero",
            )
        if self.flavour not in FLAVOURS:
            raise RuleError(f'there is no dropout "{self.flavour}"', hint=", ".join(FLAVOURS))
        for ref in self.shared:
            operands[0].locate(ref)
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.rate else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        if not self.rate:
            return ()
        source = operands[0]
        shared = {source.locate(ref) for ref in self.shared}
        draws: Dim = 1
        for place, axis in enumerate(source.axes):
            if place not in shared:
                draws = draws * axis.dim
        dtype = FLAVOURS[self.flavour] or source.dtype
        return (Kept("extra", name="mask", elements=draws, dtype=dtype),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Dropout:
        return Dropout(self.rate, references(operands[0], self.shared), self.flavour)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 4), ("batch", "height", "width", "channel")),)
        return (
            Example(cls(0.5), image),
            Example(cls(0.25, ("height", "width")), image),
            Example(cls(0.25, (2, 1)), image),
            Example(cls(0.1, flavour="alpha"), image),
            Example(cls(0.1, flavour="gaussian"), image),
            Example(cls(0.0), image),
        )


@dataclass(frozen=True, slots=True)
class GaussianNoise(Weightless):
    """Adds normal noise of standard deviation `deviation` in training."""

    name: ClassVar[str] = "gaussian_noise"
    summary: ClassVar[str] = "Adds normal noise while training."

    deviation: float

    @property
    def traits(self) -> frozenset[str]:
        return _STOCHASTIC if self.deviation else _IDENTITY

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if self.deviation < 0:
            raise RuleError(f"a standard deviation of {self.deviation} is negative")
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.deviation else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 4), ("batch", "height", "width", "channel")),)
        return (Example(cls(0.1), image), Example(cls(0.0), image))
