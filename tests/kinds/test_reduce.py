"""Reductions over named, numbered and merged axes."""

from __future__ import annotations

import pytest

from convwise.graph.axes import Axis, Tensor, tensor
from convwise.kinds.reduce import OPS, Reduce
from convwise.kinds.windows import WHOLE
from tests.kinds.asking import ask, refusal

IMAGE = tensor((2, 5, 3, 4), ("batch", "height", "width", "channel"))


def test_mean_over_space_is_global_pooling():
    said = ask(Reduce("mean", ("height", "width")), IMAGE)
    assert said.shape == (2, 4)
    assert said.roles == ("batch", "channel")
    assert said.reach == {"height": WHOLE, "width": WHOLE}
    assert said.elementwise_ops == 120
    assert said.kept == []


def test_maximum_over_channels_keeps_places():
    said = ask(Reduce("max", (-1,), keep_axes=True), IMAGE)
    assert said.shape == (2, 5, 3, 1)
    assert said.reach == said.equations == {}
    assert said.kept == ["input", "output"]


def test_merged_axis_is_seen_through():
    merged = Axis(None, 15, (Axis("height", 5), Axis("width", 3)))
    source = Tensor((Axis("batch", 2), merged, Axis("channel", 4)))
    said = ask(Reduce("sum", (1,)), source)
    assert said.shape == (2, 4)
    assert said.reach == {"height": WHOLE, "width": WHOLE}


@pytest.mark.parametrize("op", OPS)
def test_every_reduction_counts_each_value(op):
    said = ask(Reduce(op, (1,), keep_axes=True), IMAGE)
    assert said.shape == (2, 1, 3, 4)
    assert said.elementwise_ops == 120 * (4 if op in ("std", "var", "logsumexp") else 1)


def test_axes_by_role_and_position_are_the_same():
    by_position = Reduce("mean", (2, 1)).canonical((IMAGE,))
    assert by_position == Reduce("mean", ("height", "width")).canonical((IMAGE,))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Reduce("mean", (1, "height")), "each named once"),
        (Reduce("mean", ()), "at least one"),
        (Reduce("mean", ("time",)), "a time axis is needed"),
        (Reduce("median", (1,)), 'no reduction "median"'),
    ],
)
def test_refusals(kind, message):
    assert message in refusal(kind, IMAGE).message
