"""Views that lay time into the batch and take it out again; what happens between is not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import IN_ORDER, VIEW, Example, Kept, Operands, Weightless
from convwise.kinds.views import merge_axes

_VIEW = frozenset({VIEW, IN_ORDER})


@dataclass(frozen=True, slots=True)
class TimeToBatch(Weightless):
    """Merges the second axis into the batch: each of its positions becomes an example of its own.

    The merged axis remembers both, so that BatchToTime can take them apart again.
    """

    name: ClassVar[str] = "time_to_batch"
    summary: ClassVar[str] = "Takes every step of a sequence as an example of its own."

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if source.rank < 2 or source.axes[0].role != BATCH:
            raise RuleError(
                f"the batch and an axis of steps are needed, the input is {describe(source)}",
                hint="the input's axes are (batch, time, ...)",
            )
        return (source.with_axes((merge_axes(source.axes[:2], BATCH), *source.axes[2:])),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        film = tensor((2, 4, 6, 5, 3), (BATCH, "time", "height", "width", "channel"))
        return (Example(cls(), (film,)), Example(cls(), (tensor((1, 3, 5), film.roles[:3]),)))


@dataclass(frozen=True, slots=True)
class BatchToTime(Weightless):
    """Splits the batch into examples and the axis `steps`: the inverse of TimeToBatch.

    The step's size is that of the merged axis where it remembers its parts.
    """

    name: ClassVar[str] = "batch_to_time"
    summary: ClassVar[str] = "Takes examples that follow each other as steps of a sequence again."

    steps: Axis

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        batch, *rest = source.axes
        steps = self.steps
        parts = batch.factors
        if parts and parts[-1].role == steps.role and _may_be(parts[-1].dim, steps.dim):
            steps = parts[-1]
            examples = parts[0] if len(parts) == 2 else merge_axes(parts[:-1], BATCH)
        else:
            count = batch.dim // steps.dim
            text = "{0} examples are no whole number of sequences of {1} steps"
            must.equal(batch.dim, count * steps.dim, text)
            examples = Axis(BATCH, count)
        if steps.role in [axis.role for axis in rest]:
            steps = Axis(None, steps.dim)
        return (source.with_axes((examples, steps, *rest)),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((8, 6, 5, 3), (BATCH, "height", "width", "channel"))
        steps = Axis("time", 4)
        merged = image.with_axes((merge_axes((Axis(BATCH, 2), steps), BATCH), *image.axes[1:]))
        return (Example(cls(steps), (image,)), Example(cls(steps), (merged,)))


def _may_be(known: Dim, wanted: Dim) -> bool:
    """Whether a size is the wanted one, or what it became when symbols were replaced."""
    return known == wanted or type(wanted) is not int
