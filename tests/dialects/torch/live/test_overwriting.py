"""Operations in place: the tensor is another one from then on, its views and its whole too."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

import convwise
from tests.dialects.torch.live.snippets import graph, kinds


class Run(nn.Module):
    """A forward that is given."""

    def __init__(self, forward) -> None:
        super().__init__()
        self.own = forward

    def forward(self, x):
        return self.own(x)


def test_a_tensor_that_is_overwritten_is_the_result():
    def forward(x):
        y = x * 2
        functional.relu(y, inplace=True)
        y += x
        return y

    found = graph(Run(forward), (4,))
    assert kinds(found) == ["unary", "activation", "merge"]
    assert [node.facts.in_place for node in found.nodes] == [False, False, True, True]


def test_an_input_that_is_overwritten_stays_the_input():
    found = graph(Run(lambda x: x.mul_(2) + 1), (4,))
    assert kinds(found) == ["unary", "unary"]
    assert [found.nodes[one.node].kind.name for one in found.inputs] == ["input"]


def test_a_part_that_is_overwritten_is_stored():
    def forward(x):
        y = x * 2
        y[:, 0] += 1
        y[:, 1:] = 0
        return y

    found = graph(Run(forward), (4,))
    assert kinds(found) == ["unary", "slice", "unary", "assign", "assign"]
    assert not found.unknown


def test_a_write_through_a_view_is_not_lost():
    def forward(x):
        y = x * 2
        part = y[:, :2]
        part.mul_(3)
        return y

    found = graph(Run(forward), (4,))
    assert kinds(found) == ["unary", "slice", "unary", "unknown"]
    assert [fact.what for fact in found.unknown] == ["a write into a view is not known"]


def test_a_view_that_is_overwritten_and_never_looked_at_again_is_none():
    def forward(x):
        y = x * 2
        return functional.relu_(y.view(-1, 4))

    assert not graph(Run(forward), (4,)).unknown


def test_what_changes_nothing_is_no_overwriting():
    class Shortcut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.same = nn.Identity()
            self.drop = nn.Dropout(0.1)

        def forward(self, x):
            y = self.drop(self.same(x)).contiguous()
            return functional.relu_(y) + x

    found = convwise.read(Shortcut(), (4,)).graph
    last = found.nodes[-1]
    assert [found.nodes[one.node].kind.name for one in last.inputs] == ["activation", "input"]


def test_data_of_forward_is_written_into():
    def forward(x):
        mask = torch.zeros(4)
        mask[1:3] = 1
        mask = mask.masked_fill(mask == 0, -100.0)
        count = int((mask > 0).sum())
        return x[:, :count] + mask[:count]

    found = graph(Run(forward), (4,))
    assert kinds(found) == ["slice", "constant", "merge"]
    assert found.tensor(found.outputs[0]).shape[1] == 2


def test_buffers_that_forward_fills_become_part_of_the_network():
    def forward(x):
        out = torch.zeros(x.shape[0], 3, 4)
        for place in range(3):
            out[:, place] = x * place
        return out

    found = graph(Run(forward), (4,))
    assert kinds(found).count("assign") == 3
    assert not found.unknown
