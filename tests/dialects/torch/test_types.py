"""Element types that comparisons, choices and whole numbers give, against PyTorch itself."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.dialects.torch.snippets import Shape, read, source

PAIR = {"x": (2, 5, 12), "y": (2, 5, 12)}

#: Bodies of forward whose result is of the same type in PyTorch.
SNIPPETS = [
    "x > 0",
    "(x > y) & (x == 1)",
    "~(x > y)",
    "(x > 0) * x",
    "(x > 0) + 1",
    "(x > 0) * 0.5",
    "(x > 0).float() - x",
    "x.long() * 2",
    "x.long() / 2",
    "x.long() // 2 + y.int()",
    "x.int() + y.half()",
    "torch.sqrt(x.long())",
    "~x.long()",
    "x.long() & y.long()",
    "torch.where(x > 0, x.long(), 0)",
    "torch.where(x > 0, 1.0, 0.0)",
    "torch.where(x > 0, 1, 0)",
    "x.masked_fill(x > 0, -1e9)",
    "torch.isnan(x)",
    "torch.logical_or(x, y)",
    "x.long() ** 2",
    "torch.atan2(x.long(), y.long())",
    "x.double() - y.half()",
    "x.argmax(1)",
    "(x > 0).any(1)",
    "(x > 0).all()",
    "(x > 0).sum(-1)",
    "x.int().sum()",
    "x.topk(2)[1]",
    "x.half().topk(2)[0]",
    "x.max(1)[1]",
    "x.argsort()",
    "(x > 0).cumsum(1)",
    "x.cummax(1)[1]",
    "torch.count_nonzero(x)",
    "x.half().var(1)",
]


def _true_type(body: str, shapes: dict[str, Shape]) -> str:
    names: dict[str, Any] = {}
    with torch.device("meta"):
        exec(compile(source(body, shapes), "snippet.py", "exec"), names)
    return str(names["outputs"].dtype).removeprefix("torch.")


@pytest.mark.parametrize("body", SNIPPETS)
def test_types_are_those_of_pytorch(body: str) -> None:
    graph = read(body, PAIR)
    assert not graph.unknown
    assert graph.tensor(graph.outputs[0]).dtype == _true_type(body, PAIR)
