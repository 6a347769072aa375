"""Extremes, the largest values, sorting and running sums, against PyTorch on the meta device."""

from __future__ import annotations

import pytest
import torch

from convwise.graph.axes import FREE_BATCH, Axis, Tensor, tensor
from convwise.graph.dims import symbol
from convwise.graph.obligations import Must
from convwise.kinds.ranking import Extreme, Sort, TopK
from convwise.kinds.running import Running
from convwise.kinds.windows import WHOLE, Whole
from tests.kinds.asking import ask, refusal

IMAGE = tensor((2, 5, 3, 4), ("batch", "height", "width", "channel"))

CASES = [
    (Extreme("max", 1), lambda x: x.max(1)),
    (Extreme("min", -1, keep_axis=True), lambda x: x.min(-1, keepdim=True)),
    (Extreme("median", 2), lambda x: x.median(2)),
    (Extreme("mode", 1), lambda x: x.mode(1)),
    (Extreme("kth", 1, rank=3), lambda x: x.kthvalue(3, 1)),
    (TopK(2), lambda x: x.topk(2)),
    (TopK(3, 1, largest=False), lambda x: x.topk(3, 1, largest=False)),
    (Sort(1, descending=True), lambda x: x.sort(1, descending=True)),
    (Running("sum", 1), lambda x: (x.cumsum(1),)),
    (Running("prod", -1), lambda x: (x.cumprod(-1),)),
    (Running("max", 2), lambda x: x.cummax(2)),
]


@pytest.mark.parametrize(("kind", "function"), CASES)
def test_outputs_are_those_of_pytorch(kind, function):
    expected = function(torch.empty(IMAGE.shape, device="meta"))
    outputs = kind.outputs((IMAGE,), Must())
    assert [one.shape for one in outputs] == [tuple(one.shape) for one in expected]
    assert [f"torch.{one.dtype}" for one in outputs] == [str(one.dtype) for one in expected]
    assert ask(kind, IMAGE).elementwise_ops == 120


def test_what_backward_needs():
    image = (IMAGE,)
    for kind in (Extreme("max", 1), TopK(2), Sort(), Running("max", 1)):
        (kept,) = kind.kept(image, kind.outputs(image, Must()))
        assert (kept.what, kept.which) == ("output", 1)
    assert ask(Running("sum", 1), IMAGE).kept == []
    assert ask(Running("prod", 1), IMAGE).kept == ["input", "output"]


def test_what_is_seen():
    assert ask(Extreme("max", 1), IMAGE).reach == {"height": WHOLE}
    assert ask(TopK(2, "channel"), IMAGE).reach == {}
    assert ask(Running("sum", 1), IMAGE).reach == {"height": Whole(partial=True)}
    merged = Tensor((Axis(None, 6, (Axis("height", 3), Axis("width", 2))),))
    assert ask(Sort(0), merged).reach == {"height": WHOLE, "width": WHOLE}


def test_half_of_an_open_size():
    height = symbol("H")
    source = tensor((FREE_BATCH, height), ("batch", "height"))
    must = Must()
    assert TopK(height // 2, 1).outputs((source,), must)[0].shape == (FREE_BATCH, height // 2)
    assert [all(c.holds({"H": size}) for c in must.constraints) for size in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Extreme("middle", 1), 'no rank "middle"'),
        (Extreme("kth", 1, rank=6), "of 5 values none has rank 6"),
        (TopK(6, 1), "height has 5 values, 6 are wanted"),
        (TopK(0), "0 values leave nothing"),
        (Running("mean", 1), 'no running "mean"'),
    ],
)
def test_refusals(kind, message):
    assert message in refusal(kind, IMAGE).message
