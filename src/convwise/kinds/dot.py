"""Products of two tensors that sum over one axis of each; matmul of unequal batches is not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import FEATURE, Axis, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.windows import WHOLE, Reach, Whole

_TRAITS = frozenset({CONTRACTION})


@dataclass(frozen=True, slots=True)
class Dot(Kind):
    """Sums products of two tensors over one axis of each (`axes`), example by example.

    The output has the first input's other axes, then the second's without its batch; a feature axis
    of size 1 when nothing but the batch is left. `normalize` divides both by their length along
    the summed axis first (cosine similarity).
    """

    name: ClassVar[str] = "dot"
    summary: ClassVar[str] = "Sums products of two tensors over one axis of each."

    axes: tuple[AxisRef, AxisRef]
    normalize: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def _places(self, operands: Operands) -> tuple[int, int]:
        return operands[0].locate(self.axes[0]), operands[1].locate(self.axes[1])

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2:
            raise RuleError(f"a dot product takes 2 inputs, {len(operands)} are given")
        places = self._places(operands)
        if 0 in places or min(operand.rank for operand in operands) < 2:
            shapes = " and ".join([describe(operand) for operand in operands])
            raise RuleError(
                f"the batch axis of {shapes} cannot be summed over",
                hint="the summed axes are counted from 0, the batch",
            )
        one, two = operands
        message = "batches of {0} and {1} examples do not multiply"
        must.equal(one.axes[0].dim, two.axes[0].dim, message)
        must.equal(
            one.axes[places[0]].dim,
            two.axes[places[1]].dim,
            "the summed axes have {0} and {1} values",
            "a dense layer or a permute on one input makes them agree",
        )
        axes = [axis for place, axis in enumerate(one.axes) if place != places[0]]
        roles = {axis.role for axis in axes}
        for place, axis in enumerate(two.axes[1:], 1):
            if place != places[1]:
                role = None if axis.role in roles else axis.role
                axes.append(Axis(role, axis.dim, axis.factors))
        return (one.with_axes(axes if len(axes) > 1 else [*axes, Axis(FEATURE, 1)]),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        """outputs x summed values; the gradient costs as much for each of the two inputs."""
        forward = outputs[0].elements * operands[0].axes[self._places(operands)[0]].dim
        return Macs(forward, forward * 2, 0)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """Normalising squares, adds and divides every value of both inputs."""
        if not self.normalize:
            return 0
        return (operands[0].elements + operands[1].elements) * 3

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The summed axis is seen whole; an axis that lost its role to the other input in part."""
        summed = self._places(operands)[operand]
        first = {
            axis.role
            for place, axis in enumerate(operands[0].axes)
            if place != self._places(operands)[0]
        }
        found: dict[str, Reach] = {}
        for place, axis in enumerate(operands[operand].axes):
            if place == summed:
                found.update(dict.fromkeys(placed_roles(axis), WHOLE))
            elif operand == 1 and axis.role in first:
                found.update(dict.fromkeys(placed_roles(axis), Whole(partial=True)))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        summed = operands[0].axes[self._places(operands)[0]].dim
        return {"macs": product(*outputs[0].shape).times(summed)}

    def canonical(self, operands: Operands) -> Dot:
        one, two = self._places(operands)
        return Dot((operands[0].reference(one), operands[1].reference(two)), self.normalize)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        vector = tensor((1, 8), ("batch", "feature"))
        steps = tensor((1, 5, 8), ("batch", "time", "channel"))
        places = tensor((1, 8, 6), ("batch", "channel", "width"))
        return (
            Example(cls((1, 1)), (vector, vector)),
            Example(cls((-1, -1), normalize=True), (vector, vector)),
            Example(cls((2, 1)), (steps, places)),
            Example(cls(("channel", "channel")), (steps, steps)),
            Example(cls(("time", "time")), (steps, steps)),
        )
