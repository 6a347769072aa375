"""What is measured: a module and its inputs, made where they are used; runs nothing.

A network that was read becomes the module that `Network.to_torch` writes; a live PyTorch model
named by `module:attribute` is itself the subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from convwise.analyses.recomputation import Segments
from convwise.dialects.torch.build import build
from convwise.dialects.torch.write.code import written
from convwise.dialects.torch.write.orders import usual
from convwise.engine.recompute import recomputing
from convwise.errors import UsageError
from convwise.graph.axes import BATCH_SYMBOL
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph
from convwise.measure.operators import Shape


@dataclass(frozen=True, slots=True)
class Subject:
    """A way to make a module, and the shapes of its inputs at a batch size, with their batch."""

    module: Callable[[], Any]
    inputs: Callable[[int], tuple[Shape, ...]]
    graph: Graph


def subject_of(graph: Graph, recompute: Segments = ()) -> Subject:
    """The module that is written for a graph. Raises ConvwiseError for what has no PyTorch code.

    recompute: runs of layers that are computed again in the backward pass.
    """
    made = written(graph)

    def inputs(batch: int) -> tuple[Shape, ...]:
        shapes = []
        for seen in made.seen:
            order = usual(seen, graph.dialect)
            size = tuple([_size(seen.axes[axis].dim, batch) for axis in order])
            stride = torch.empty(size, device="meta").stride()
            shapes.append(Shape(size, stride, getattr(torch, seen.dtype)))
        return tuple(shapes)

    def module() -> Any:
        return recomputing(graph, recompute) if recompute else build(made)

    return Subject(module, inputs, graph)


def _size(dim: Any, batch: int) -> int:
    size = evaluate(dim, {BATCH_SYMBOL: batch})
    if not isinstance(size, int):
        raise UsageError(
            f"the input size {size} is open: memory and time have no number yet",
            hint="give it with --input, as in --input 128x128x3",
        )
    return size
