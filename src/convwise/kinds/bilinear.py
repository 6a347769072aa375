"""Bilinear maps of two tensors: all their rules; knows no framework's vocabulary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
    parameter_formula,
)
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.positive import must_be_positive
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach

_TRAITS = frozenset({CONTRACTION})


class _Bilinear(Kind):
    """Shared rules: at every position each pair of features of two tensors meets each weight.

    Multiply-adds: output values x features of the first x features of the second, and as many for
    the gradient of each operand and of the weights. Elementwise operations: the products of the
    pairs of features, and the bias, one per output value.
    """

    __slots__ = ()

    @abstractmethod
    def units_of(self, operands: Operands) -> Dim:
        """Features of the output."""

    @abstractmethod
    def adds_bias(self, operands: Operands) -> bool:
        """Whether something is added at the end."""

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def mapped(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        """The output; RuleError unless both tensors have the same positions."""
        one, two = operands[:2]
        shapes = f"{describe(one)} and {describe(two)}"
        if not one.rank or one.rank != two.rank:
            raise RuleError(f"a bilinear map takes two tensors with as many axes, found {shapes}")
        for first, second in zip(one.axes[:-1], two.axes[:-1], strict=True):
            message = f"sizes {{0}} and {{1}} of {shapes} are not equal"
            must.equal(first.dim, second.dim, message, "all axes but the last agree")
        role = CHANNEL if one.axes[-1].role == CHANNEL else FEATURE
        return (one.with_axes((*one.axes[:-1], Axis(role, self.units_of(operands)))),)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * operands[0].shape[-1] * operands[1].shape[-1]
        learned = total if self.weights(operands) else 0
        shares = (total, total, *(total,) * (len(operands) > 2), *(0,) * (len(operands) > 3))
        return Macs(total, sum_dims(shares), learned, 0, shares)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        pairs = operands[0].elements * operands[1].shape[-1]
        return pairs + outputs[0].elements if self.adds_bias(operands) else pairs

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return tuple([Kept("input", which) for which in range(min(len(operands), 3))])

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        axes = operands[operand].axes
        mixed = axes[-1:] if operand < 2 else axes
        return {role: WHOLE for axis in mixed for role in placed_roles(axis)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        factors = [size for one in operands[:2] for size in unmerged(one.axes[-1])]
        pairs = product(*factors)
        found = {"macs": product(*counted_axes(outputs[0].axes)).times(pairs)}
        if self.weights(operands):
            units = self.units_of(operands)
            found["parameters"] = parameter_formula(units, pairs, self.adds_bias(operands))
        return found

    def canonical(self, operands: Operands) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Bilinear(_Bilinear):
    """Sums of products of each feature of one tensor with each of another, `units` of them.

    Operands: two tensors with the same axes but the last. Each unit has a weight for every pair of
    features: y = x1 W x2 + b. Multiply-adds: output values x features of the first x features of
    the second, and as many for the gradient of each operand and of the weights. Elementwise
    operations: the products of the pairs of features, and the bias, one per output value.
    """

    name: ClassVar[str] = "bilinear"
    summary: ClassVar[str] = "Weights every pair of a feature of one tensor and one of another."

    units: int
    bias: bool = True

    def units_of(self, operands: Operands) -> Dim:
        return self.units

    def adds_bias(self, operands: Operands) -> bool:
        return self.bias

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        must_be_positive(self.units, "the number of units")
        if len(operands) != 2:
            raise RuleError(f"a bilinear map takes 2 tensors, {len(operands)} are given")
        return self.mapped(operands, must)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        one, two = operands
        axes = (("out", self.units), ("in", one.shape[-1]), ("second", two.shape[-1]))
        kernel = WeightSpec("kernel", axes)
        return (kernel, WeightSpec("bias", (("out", self.units),))) if self.bias else (kernel,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        one, two = tensor((2, 5), ("batch", "feature")), tensor((2, 4), ("batch", "feature"))
        steps, more = [tensor((2, 6, n), ("batch", "time", "feature")) for n in (3, 5)]
        last = tensor((1, 4, 4, 3), ("batch", "height", "width", "channel"))
        return (
            Example(cls(7), (one, two)),
            Example(cls(3, False), (steps, more)),
            Example(cls(2), (last, last)),
        )


@dataclass(frozen=True, slots=True)
class GivenBilinear(_Bilinear):
    """The same with weights that are values of the network.

    Operands: the two tensors, the weights (units, features of the first, features of the second)
    and, maybe, a bias per unit. Multiply-adds as of `bilinear`, as many for the gradient of each of
    the first three operands.
    """

    name: ClassVar[str] = "given_bilinear"
    summary: ClassVar[str] = "A bilinear map whose weights are values of the network."

    def units_of(self, operands: Operands) -> Dim:
        return operands[2].shape[0]

    def adds_bias(self, operands: Operands) -> bool:
        return len(operands) > 3

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) not in (3, 4) or operands[2].rank != 3:
            shapes = " and ".join([describe(one) for one in operands])
            raise RuleError(
                f"two tensors, weights and maybe a bias are needed, found {shapes}",
                hint="weights have axes (out, in, in)",
            )
        one, two, kernel = operands[:3]
        made = self.mapped(operands, must)
        for source, axis in ((one, 1), (two, 2)):
            message = "the input has {0} features, the weights are for {1}"
            must.equal(source.shape[-1], kernel.shape[axis], message)
        if len(operands) > 3:
            message = "a bias of {0} values for {1} sums"
            must.equal(operands[3].elements, kernel.shape[0], message)
        return made

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        one, two = tensor((2, 5), ("batch", "feature")), tensor((2, 4), ("batch", "feature"))
        kernel, bias = tensor((7, 5, 4), (None,) * 3), tensor((7,), (None,))
        return (Example(cls(), (one, two, kernel)), Example(cls(), (one, two, kernel, bias)))
