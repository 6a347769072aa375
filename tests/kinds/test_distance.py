"""Similarities and distances of vectors, against PyTorch's shapes and matrix products."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from convwise.graph.axes import tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION
from convwise.kinds.distance import CosineSimilarity, CrossDistance, PairwiseDistance
from convwise.kinds.windows import WHOLE, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

STEPS = ("batch", "time", "feature")
PAIRS = [((2, 5, 6), (2, 5, 6)), ((2, 5, 6), (2, 1, 6)), ((2, 5, 6), (6,)), ((2, 1), (2, 6))]


def of(shape):
    return tensor(shape, STEPS[: len(shape)] if len(shape) > 1 else ("feature",))


@pytest.mark.parametrize(("one", "two"), PAIRS)
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cosine_of_pairs(one, two, dim):
    real = counted(lambda x, y: functional.cosine_similarity(x, y, dim), one, two)
    said = ask(CosineSimilarity(dim), of(one), of(two))
    assert [said.shape] == real.shapes
    assert said.macs == real.forward == 0
    pairs = math.prod(torch.broadcast_shapes(one, two))
    assert said.elementwise_ops == 6 * pairs + 4 * math.prod(said.shape)


@pytest.mark.parametrize(("one", "two"), PAIRS)
@pytest.mark.parametrize("order", [0.0, 1.0, 2.0, 3.0, math.inf])
def test_distance_of_pairs(one, two, order):
    named = "max" if order == math.inf else order
    for keep in (False, True):
        real = counted(
            lambda x, y, keep=keep: functional.pairwise_distance(x, y, order, keepdim=keep),
            one,
            two,
        )
        said = ask(PairwiseDistance(named, keep_axis=keep), of(one), of(two))
        assert [said.shape] == real.shapes
        pairs = math.prod(torch.broadcast_shapes(one, two))
        roots = 0 if order in (0.0, 1.0, math.inf) else math.prod(said.shape)
        assert said.elementwise_ops == 4 * pairs + roots


@pytest.mark.parametrize("rows", [5, 30])
@pytest.mark.parametrize("columns", [7, 26])
def test_all_distances(rows, columns):
    one, two = (2, rows, 6), (2, columns, 6)
    real = counted(torch.cdist, one, two)
    by_product = rows > 25 or columns > 25
    kind = CrossDistance(by_product=by_product)
    said = ask(kind, of(one), of(two))
    assert [said.shape] == real.shapes
    assert (CONTRACTION in kind.traits) is by_product
    macs = kind.macs((of(one), of(two)), kind.outputs((of(one), of(two)), Must()))
    # FlopCounterMode counts the matrix products of the backward pass only.
    assert macs.input_gradient == real.backward
    assert macs.forward == (2 * rows * columns * 6 if by_product else 0)


def test_what_is_seen():
    one, two = of((2, 5, 6)), tensor((2, 7, 6), STEPS)
    assert ask(CosineSimilarity(-1), one, one).reach == {"feature": WHOLE}
    kind = CrossDistance()
    assert kind.reach((one, two), 0) == {"feature": WHOLE}
    assert kind.reach((one, two), 1) == {"feature": WHOLE, "time": Whole(partial=True)}


@pytest.mark.parametrize(
    ("kind", "operands", "message"),
    [
        (CosineSimilarity(), (of((2, 5)),), "two tensors are compared, 1 are given"),
        (CosineSimilarity(), (of((2, 5)), of((2, 4))), "sizes 5 and 4"),
        (CosineSimilarity(3), (of((2, 5)), of((2, 5))), "axis 3 does not exist"),
        (PairwiseDistance(), (of((3, 5)), of((2, 5))), "sizes 3 and 2"),
        (CrossDistance(), (of((2, 5, 6)), of((2, 5, 4))), "vectors of 6 and 4 values"),
        (CrossDistance(), (of((6,)), of((5, 6))), "fewer than 2 axes"),
        (CrossDistance(1.0, True), (of((4, 6)), of((5, 6))), "not of order 1.0"),
    ],
)
def test_refusals(kind, operands, message):
    assert message in refusal(kind, *operands).message
