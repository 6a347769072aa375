"""Shared rules of kinds that rearrange or map values: no weights, no contraction, no loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convwise.graph.axes import AxisRef, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import NO_MACS, Kind, Macs, Operands


class Plain(Kind):
    """Shared rules of kinds without weights, contractions and dropped border pixels.

    Unlike `Weightless` it leaves open how positions are reached, the formulas and the canonical
    form.
    """

    __slots__ = ()

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}


def references(source: Tensor, refs: Iterable[AxisRef]) -> tuple[AxisRef, ...]:
    """The layout-free names of axes, each once and always in the same order."""
    places = {source.locate(ref) for ref in refs}
    return tuple(sorted([source.reference(place) for place in places], key=str))
