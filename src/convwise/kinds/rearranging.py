"""What kinds share that only move, copy or drop values: no weights and no arithmetic."""

from __future__ import annotations

from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import NO_MACS, Kept, Kind, Macs, Operands


class Rearranging(Kind):
    """Shared rules: values are placed, not computed, so that backward needs sizes only."""

    __slots__ = ()

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()
