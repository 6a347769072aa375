"""Values at places that an index names, against PyTorch on the meta device."""

from __future__ import annotations

import pytest
import torch

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.kinds.gathering import Gather, Pick, Scatter
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal

IMAGE = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
PARTIAL = Whole(partial=True)


def index(*sizes):
    return tensor(sizes, (None,) * len(sizes), "int64")


def meta(*sizes):
    return torch.empty(sizes, dtype=torch.int64, device="meta")


CASES = [
    (Gather(1), [index(2, 3, 6, 4)], lambda x, i: x.gather(1, i)),
    (Pick((2,)), [index(3)], lambda x, i: x[:, :, i]),
    (Pick((1, 2)), [index(3), index(3)], lambda x, i, j: x[:, i, j]),
    (Pick((1, 3), front=True), [index(3), index(7, 1)], lambda x, i, j: x[:, i, :, j]),
    (Pick((0,)), [index(3, 7)], lambda x, i: x[i]),
    (Scatter(1, number=0.0), [index(2, 3, 6, 4)], lambda x, i: x.scatter(1, i, 0.0)),
]


@pytest.mark.parametrize(("kind", "indices", "function"), CASES)
def test_shapes_are_those_of_pytorch(kind, indices, function):
    given = [meta(*one.shape) for one in indices]
    expected = function(torch.empty(IMAGE.shape, device="meta"), *given)
    said = ask(kind, IMAGE, *indices)
    assert said.shape == tuple(expected.shape)
    assert (said.dtype, said.elementwise_ops) == ("float32", 0)
    assert said.kept == ["input"] * len(indices)


def test_which_places_are_read_is_in_the_data():
    assert ask(Gather(1), IMAGE, index(2, 5, 6, 4)).reach == {"height": PARTIAL}
    assert ask(Pick((1,)), IMAGE, index(3)).reach == {"height": PARTIAL}
    assert ask(Pick((1,)), IMAGE, index(3)).roles == IMAGE.roles


def test_rows_of_a_table_for_a_free_batch():
    words = tensor((FREE_BATCH, 9), ("batch", "time"), "int64")
    said = ask(Pick((0,)), tensor((20, 6), (None, None)), words)
    assert (said.shape, said.roles) == ((FREE_BATCH, 9, 6), ("batch", "time", None))


def test_sums_at_places_count_each_value():
    values = tensor((2, 3, 6, 4), IMAGE.roles)
    assert ask(Scatter(1, "add"), IMAGE, index(3), values).elementwise_ops == 144


@pytest.mark.parametrize(
    ("kind", "operands", "message"),
    [
        (Gather(1), [index(2, 3)], "the index (2, 3) has 2 axes"),
        (Gather(1), [index(2, 3, 7, 4)], "axis 2 has 6 values, the index asks for 7"),
        (Pick((1, 2)), [index(3)], "1 indices are given for 2 axes"),
        (Scatter(1, "or"), [index(3), IMAGE], 'cannot be joined by "or"'),
        (Scatter(1), [index(3)], "2 are given"),
    ],
)
def test_refusals(kind, operands, message):
    assert message in refusal(kind, IMAGE, *operands).message
