"""Runs the body of a `forward` both ways: read by convwise, and by PyTorch on the meta device."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import torch

from convwise.dialects.torch.read_code import read_code
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph

_FRAME = """
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros({weight}))

    def forward(self, {names}):
{body}

net = Net()
outputs = net({inputs})
"""

Shape = tuple[int, ...]


def source(body: str, shapes: dict[str, Shape], weight: Shape = (3, 4)) -> str:
    """A file whose network computes `body`; its last line is the result."""
    *before, last = body.strip().splitlines()
    lines = "\n".join([*before, f"return {last}"])
    inputs = ", ".join([f"torch.randn({', '.join(map(str, shape))})" for shape in shapes.values()])
    return _FRAME.format(
        weight=", ".join(map(str, weight)),
        names=", ".join(shapes),
        body=indent(lines, " " * 8),
        inputs=inputs,
    )


def read(body: str, shapes: dict[str, Shape], weight: Shape = (3, 4)) -> Graph:
    return read_code(source(body, shapes, weight), filename="snippet.py")


def read_shapes(graph: Graph, batch: int) -> list[Shape]:
    """The shapes of all outputs, the free batch evaluated."""
    found = []
    for output in graph.outputs:
        value = graph.tensor(output)
        assert value.known, f"{output} is not known"
        found.append(tuple([evaluate(dim, {"N": batch}) for dim in value.shape]))
    return found  # type: ignore[return-value]


def true_shapes(body: str, shapes: dict[str, Shape], weight: Shape = (3, 4)) -> list[Shape]:
    """The shapes that PyTorch itself gives."""
    names: dict[str, Any] = {}
    with torch.device("meta"):
        exec(compile(source(body, shapes, weight), "snippet.py", "exec"), names)
    return [tuple(one.shape) for one in _tensors(names["outputs"])]


def _tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    return [leaf for one in value for leaf in _tensors(one)]
