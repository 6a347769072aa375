"""Small layers whose weights are values of the network: linear, bilinear, slopes, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION, Example, Kept, Kind, Macs, Operands, Weightless
from convwise.kinds.embedding import Embedding
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach

_CONTRACTS = frozenset({CONTRACTION})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GivenDense(Kind):
    """Weighted sums over the last axis with weights that are values of the network.

    Operands: the input (..., in), the weights (out, in) or (in,) for one sum, and, if there is one,
    the bias (out). Multiply-adds: as a dense layer, and as many for the gradients of input and of
    weights, which both are gradients of inputs. Elementwise operations: the bias.
    """

    name: ClassVar[str] = "given_dense"
    summary: ClassVar[str] = "Weighted sums over the last axis with weights that are values."

    @property
    def traits(self) -> frozenset[str]:
        return _CONTRACTS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if not 2 <= len(operands) <= 3:
            raise RuleError(
                f"input and weights, and perhaps a bias, are needed, {len(operands)} are given"
            )
        source, kernel = operands[:2]
        if not source.rank or kernel.rank not in (1, 2):
            raise RuleError(
                f"weights {describe(kernel)} do not multiply {describe(source)}",
                hint="weights have axes (out, in)",
            )
        message = "the input has {0} features, the weights are for {1}"
        must.equal(source.shape[-1], kernel.shape[-1], message, "weights have axes (out, in)")
        if len(operands) > 2:
            units = kernel.shape[0] if kernel.rank == 2 else 1
            must.equal(operands[2].elements, units, "a bias of {0} values for {1} sums")
        if kernel.rank == 1:
            return (source.with_axes(source.axes[:-1]),)
        role = CHANNEL if source.axes[-1].role == CHANNEL else FEATURE
        return (source.with_axes((*source.axes[:-1], Axis(role, kernel.shape[0]))),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * operands[0].shape[-1]
        rest: tuple[Dim, ...] = (0,) * (len(operands) - 2)
        return Macs(total, total * 2, 0, 0, (total, total, *rest))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if len(operands) > 2 else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        axes = operands[operand].axes
        mixed = axes[-1:] if operand == 0 else axes
        return {role: WHOLE for axis in mixed for role in placed_roles(axis)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        one_sum = product(*unmerged(operands[0].axes[-1]))
        return {"macs": product(*counted_axes(outputs[0].axes)).times(one_sum)}

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        table = tensor((2, 6, 5), ("batch", "time", "feature"))
        vector = tensor((2, 5), ("batch", "feature"))
        matrix, bias = tensor((7, 5), (None, None)), tensor((7,), (None,))
        return (
            Example(cls(), (table, matrix, bias)),
            Example(cls(), (vector, matrix)),
            Example(cls(), (vector, tensor((5,), (None,)))),
        )


@dataclass(frozen=True, slots=True)
class GivenPReLU(Weightless):
    """Rectifier with slopes that are values of the network: one, or one per channel (axis 1).

    Operands: the input and the slopes. One operation per value.
    """

    name: ClassVar[str] = "given_prelu"
    summary: ClassVar[str] = "Rectifies with slopes below zero that are values of the network."

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2:
            raise RuleError(f"an input and its slopes are needed, {len(operands)} are given")
        source, slopes = operands
        count = slopes.elements
        if count != 1:
            channels = source.shape[1] if source.rank > 1 else 1
            must.equal(channels, count, "{0} channels and {1} slopes do not agree")
        return (source,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 4, 5, 6), ("batch", "channel", "height", "width"))
        return (
            Example(cls(), (image, tensor((4,), (None,)))),
            Example(cls(), (image, tensor((1,), (None,)))),
        )


@dataclass(frozen=True, slots=True)
class GivenEmbedding(Weightless):
    """Looks up, for each whole number, its row of a table that is a value of the network.

    Operands: the indices and the table (vocabulary, width). Looking up is no arithmetic.
    """

    name: ClassVar[str] = "given_embedding"
    summary: ClassVar[str] = "Replaces each token by its row of a table that is a value."

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2 or operands[1].rank != 2:
            shapes = " and ".join([describe(one) for one in operands])
            raise RuleError(
                f"indices and a table are needed, found {shapes}",
                hint="the table has axes (vocabulary, width)",
            )
        found = Embedding(1, 1).outputs(operands[:1], must)[0]
        width = Axis(CHANNEL, operands[1].shape[1])
        return (Tensor((*found.axes[:-1], width), operands[1].dtype),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        words = tensor((2, 10), ("batch", "time"), "int64")
        return (Example(cls(), (words, tensor((20, 6), (None, None)))),)
