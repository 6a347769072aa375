"""Rolled and mirrored axes against PyTorch on the meta device and against NumPy's values."""

from __future__ import annotations

import numpy as np
import pytest

from convwise.graph.axes import FREE_BATCH, Axis, Tensor, tensor
from convwise.graph.dims import symbol
from convwise.kinds.rolling import Flip, Roll
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

IMAGE = tensor((2, 8, 6, 4), ("batch", "height", "width", "channel"))
PARTIAL = Whole(partial=True)


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        (Roll((-3, 2), (1, 2)), lambda x: x.roll((-3, 2), (1, 2))),
        (Roll((1,), (-1,)), lambda x: x.roll(1, -1)),
        (Flip((1, 2)), lambda x: x.flip(1, 2)),
    ],
)
def test_shapes_are_those_of_pytorch(kind, function):
    said = ask(kind, IMAGE)
    assert [said.shape] == counted(function, IMAGE.shape).shapes
    assert (said.macs, said.elementwise_ops, said.kept) == (0, 0, [])


def test_where_values_come_from_is_not_tracked():
    assert ask(Roll((-3, 2), (1, 2)), IMAGE).reach == {"height": PARTIAL, "width": PARTIAL}
    assert ask(Flip((-2,)), IMAGE).reach == {"width": PARTIAL}
    assert ask(Roll((1,), (-1,)), IMAGE).reach == {}


def test_a_merged_axis_forgets_its_factors():
    merged = Axis(None, 15, (Axis("height", 5), Axis("width", 3)))
    source = Tensor((Axis("batch", 2), merged, Axis("channel", 4)))
    for kind in (Roll((1,), (1,)), Flip((1,))):
        (output,) = kind.outputs((source,), None)
        assert output.axes[1] == Axis(None, 15)
        assert ask(kind, source).reach == {"height": PARTIAL, "width": PARTIAL}


def test_canonical_rolls_move_the_same_values():
    values = np.arange(8 * 6).reshape(8, 6)
    form = Roll((-3, 14), (2, 1)).canonical((IMAGE,))
    assert form == Roll((6, 3), ("height", "width"))
    assert (np.roll(values, (-3, 14), (1, 0)) == np.roll(values, form.shifts, (0, 1))).all()


def test_half_of_an_open_size():
    height = symbol("H")
    source = tensor((FREE_BATCH, height, 6, 4), IMAGE.roles)
    kind = Roll((height // 2,), ("height",))
    assert ask(kind, source).shape == (FREE_BATCH, height, 6, 4)
    assert kind.canonical((source,)) == kind


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Roll((1, 2), (1,)), "2 shifts are given for 1 axes"),
        (Roll((1, 2), (1, 1)), "each named once"),
        (Flip(()), "at least one"),
        (Flip((4,)), "axis 4 does not exist"),
    ],
)
def test_refusals(kind, message):
    assert message in refusal(kind, IMAGE).message
