"""Axes of size 1 shown as larger ones: sizes, what is seen, and the memory that is not taken."""

from __future__ import annotations

import pytest
import torch

import convwise
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.windows import WHOLE
from tests.kinds.asking import ask, refusal

IMAGE = ("batch", "channel", "height", "width")


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((2, 4, 1, 1), (None, None, 7, 6)),
        ((2, 4, 1, 1), (2, 4, 1, 6)),
        ((1, 4, 1, 5), (3, None, 2, None)),
    ],
)
def test_as_expand(shape, sizes):
    said = ask(Broadcast(sizes), tensor(shape, IMAGE))
    wanted = [-1 if size is None else size for size in sizes]
    assert said.shape == tuple(torch.empty(shape, device="meta").expand(*wanted).shape)
    assert said.elementwise_ops == said.kept_extra == 0


def test_what_is_seen():
    said = ask(Broadcast((None, None, 7, None)), tensor((2, 4, 1, 5), IMAGE))
    assert said.reach == {"height": WHOLE}
    assert said.equations == {"height": "7 = 7"}


def test_sizes_that_are_there_change_nothing():
    source = tensor((2, 4, 1, 5), IMAGE)
    assert Broadcast((2, 4, 3, 5)).canonical((source,)) == Broadcast((None, None, 3, None))


def test_a_token_for_every_example():
    token = tensor((1, 1, 8), ("batch", "time", "feature"))
    assert ask(Broadcast((FREE_BATCH, None, None)), token).shape == (FREE_BATCH, 1, 8)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((2, 4, 7), "3 sizes are given for the 4 axes"),
        ((None, 8, None, None), "channel has 4 values and cannot be shown as 8"),
        ((None, None, 0, None), "height cannot be shown as 0 values"),
    ],
)
def test_refusals(sizes, message):
    assert message in refusal(Broadcast(sizes), tensor((2, 4, 1, 5), IMAGE)).message


def kept(body: str) -> int:
    """Bytes that the backward pass of a network on 4 values keeps, by example."""
    code = "\n".join(
        [
            "import torch",
            "import torch.nn as nn",
            "class Net(nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.first = nn.Linear(4, 6)",
            "    def forward(self, x):",
            "        x = self.first(x)",
            f"        return {body}",
        ]
    )
    network = convwise.read(code, (4,), dialect="torch")
    totals = network.summary(1).to_dict()["totals"]
    return int(totals["kept_bytes"])


def test_memory_is_taken_where_values_are_laid_out():
    """A square keeps what it is taken of: the six values, or the thirty that were copied."""
    alone = kept("x.square()")
    assert kept("x[:, None, :].expand(-1, 5, -1).square()") == alone
    assert kept("x[:, None, :].expand(-1, 5, -1).transpose(1, 2).square()") == alone
    copied = kept("x[:, None, :].expand(-1, 5, -1).reshape(-1, 30).square()")
    assert copied == kept("x.repeat(1, 5).square()") == alone + (30 - 6) * 4
