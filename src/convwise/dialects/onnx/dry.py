"""The shapes that an operator gives, worked out without adding it to a graph."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.dialects.onnx.op import Built, Op, Source
from convwise.graph.axes import Tensor
from convwise.graph.obligations import Must


def outputs_of(built: Built, op: Op) -> list[Tensor | None]:
    """What comes out of the steps, None for an output that they do not give."""
    made: list[tuple[Tensor, ...]] = []
    for step in built.steps:
        views = step.views or (None,) * len(step.operands)
        operands = []
        for source, roles in zip(step.operands, views, strict=True):
            tensor = _tensor(source, op, made)
            operands.append(tensor if roles is None else tensor.viewed(roles))
        made.append(step.kind.outputs(tuple(operands), Must()))
    if built.outputs is None:
        return [*made[-1]]
    return [None if source is None else _tensor(source, op, made) for source in built.outputs]


def _tensor(source: Source, op: Op, made: Sequence[tuple[Tensor, ...]]) -> Tensor:
    if type(source) is int:
        return op.input(source).tensor
    return made[source.step][source.output]  # type: ignore[union-attr]
