"""Adaptive and global pooling against windows written down one by one."""

from __future__ import annotations

from itertools import product
from math import ceil, floor

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import MaxPool
from convwise.kinds.reduce import Reduce
from convwise.kinds.windows import WHOLE, Sample, Slide, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen

IMAGE = ("batch", "height", "width", "channel")
SOUND = ("batch", "time", "channel")


def windows(size, out):
    """PyTorch's definition: from floor(o*size/out) up to ceil((o + 1)*size/out)."""
    return [range(floor(o * size / out), ceil((o + 1) * size / out)) for o in range(out)]


def test_every_output_sees_its_window():
    for size, out in product(range(1, 17), range(1, 13)):
        said = ask(AdaptivePool("average", (out,)), tensor((1, size, 1), SOUND))
        by_hand = windows(size, out)
        assert said.shape[1] == out
        assert said.elementwise_ops == sum(map(len, by_hand))
        for output, window in enumerate(by_hand):
            found = seen(said.reach.get("time"), output, size)
            assert found >= set(window)
            if size % out == 0 or out % size == 0:
                assert found == set(window)


def test_reach_says_as_much_as_it_can():
    source = tensor((1, 12, 9, 7, 1), ("batch", "depth", "height", "width", "channel"))
    said = ask(AdaptivePool("max", (4, 1, 3)), source)
    assert said.reach == {"depth": Slide(3, 3), "height": WHOLE, "width": Sample(7, 3, 4)}
    assert said.kept == ["input", "output"]
    assert ask(AdaptivePool("average", (None, 1, None)), source).reach["depth"] == Slide()


def test_given_sizes_are_their_own_formula():
    said = ask(AdaptivePool("average", (7, None)), tensor((2, 14, 15, 3), IMAGE))
    assert said.shape == (2, 7, 15, 3)
    assert said.equations == {"height": "7 = 7"}
    assert said.kept == []


def test_symbolic_size_pools_to_a_known_one():
    source = tensor((1, symbol("H"), symbol("W"), 3), IMAGE)
    said = ask(AdaptivePool("average", (7, 1)), source)
    assert said.shape == (1, 7, 1, 3)
    assert said.reach == {"height": Whole(partial=True), "width": WHOLE}
    exact = ask(AdaptivePool("average", (7, 1)), tensor((1, 16, 5, 3), IMAGE)).elementwise_ops
    assert evaluate(said.elementwise_ops, {"H": 16, "W": 5}) == exact


def test_global_pool_removes_space_or_leaves_ones():
    source = tensor((2, 7, 7, 2048), IMAGE)
    said = ask(GlobalPool("average"), source)
    assert said.shape == (2, 2048)
    assert said.roles == ("batch", "channel")
    assert said.reach == {"height": WHOLE, "width": WHOLE}
    assert said.elementwise_ops == 2 * 7 * 7 * 2048
    assert said.kept == []
    kept = ask(GlobalPool("max", keep_axes=True), source)
    assert kept.shape == (2, 1, 1, 2048)
    assert kept.equations == {"height": "1 = 1", "width": "1 = 1"}
    assert kept.kept == ["input", "output"]


def test_refusals():
    error = refusal(GlobalPool("max"), tensor((2, 5), ("batch", "channel")))
    assert "(2, 5) has none" in error.message
    error = refusal(AdaptivePool("max", (0,)), tensor((2, 5, 3), SOUND))
    assert "the pooled size along time is 0" in error.message


def test_canonical_form_is_the_simplest_that_says_the_same() -> None:
    image = (tensor((2, 4, 9, 6), ("batch", "channel", "height", "width")),)
    whole = Reduce("mean", ("height", "width"), keep_axes=True)
    assert AdaptivePool("average", (1, 1)).canonical(image) == whole
    assert GlobalPool("average", keep_axes=True).canonical(image) == whole
    windows = MaxPool((3, 2), (3, 2), (1, 1)).canonical(image)
    assert AdaptivePool("max", (3, 3)).canonical(image) == windows
    overlapping = AdaptivePool("average", (2, 3))
    assert overlapping.canonical(image) == overlapping
    found = AdaptivePool("max", (1, 1), indices=True)
    assert found.canonical(image) == found
