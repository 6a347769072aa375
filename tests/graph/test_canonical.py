"""The canonical form forgets names, layout and policies, and nothing else."""

from __future__ import annotations

import pytest

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.canonical import Canonical, canonical, first_difference
from convwise.kinds.activation import Activation
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.source import Input
from convwise.kinds.views import Flatten, Identity, Permute
from convwise.kinds.windows import SAME, Padding
from convwise.network import sequential

LAST = ("batch", "height", "width", "channel")
FIRST = ("batch", "channel", "height", "width")


def form(*kinds: Kind, first: bool = False, size: int = 9) -> Canonical:
    shape = (FREE_BATCH, 3, size, size) if first else (FREE_BATCH, size, size, 3)
    start = Input(tensor(shape, FIRST if first else LAST))
    return canonical(sequential(start, *kinds).graph)


CONVOLUTION = Convolution((3, 3), 4, (1, 1), (1, 1), SAME)


def test_policies_are_resolved() -> None:
    explicit = Convolution((3, 3), 4, (1, 1), (1, 1), Padding("explicit", ((1, 1), (1, 1))))
    assert form(CONVOLUTION) == form(explicit)


def test_depthwise_is_a_grouped_convolution() -> None:
    depthwise = Convolution((3, 3), None, (1, 1), (1, 1), groups=None, multiplier=2)
    grouped = Convolution((3, 3), 6, (1, 1), (1, 1), groups=3)
    assert form(depthwise).nodes[1].kind == form(grouped).nodes[1].kind


def test_layout_and_identities_do_not_matter() -> None:
    assert form(CONVOLUTION, Identity()) == form(CONVOLUTION, first=True)


@pytest.mark.parametrize(
    "other",
    [
        Convolution((3, 3), 5, (1, 1), (1, 1), SAME),
        Convolution((3, 3), 4, (2, 1), (1, 1), SAME),
        Convolution((3, 3), 4, (1, 1), (1, 1)),
        Convolution((3, 3), 4, (1, 1), (1, 1), SAME, bias=False),
    ],
)
def test_what_differs_is_found(other: Convolution) -> None:
    assert form(CONVOLUTION) != form(other)
    assert first_difference(form(CONVOLUTION), form(other)) is not None


def test_the_order_in_which_all_axes_are_merged_does_not_matter() -> None:
    plain = form(CONVOLUTION, Flatten(), Dense(7))
    assert form(CONVOLUTION, Permute((0, 3, 2, 1)), Flatten(), Dense(7)) == plain
    twice = (Permute((0, 3, 1, 2)), Permute((0, 2, 1, 3)))
    assert form(CONVOLUTION, *twice, Flatten(), Dense(7)) == plain
    assert form(CONVOLUTION, Permute((0, 3, 2, 1)), Flatten(2), Dense(7)) != form(
        CONVOLUTION, Flatten(2), Dense(7)
    )
    assert form(CONVOLUTION, Permute((0, 3, 2, 1))) != form(CONVOLUTION)


def test_first_difference_of_equal_and_longer_forms() -> None:
    assert first_difference(form(CONVOLUTION), form(CONVOLUTION)) is None
    longer = form(CONVOLUTION, Activation("relu"))
    assert first_difference(form(CONVOLUTION), longer) == "2 nodes against 3 nodes"


def test_ten_thousand_nodes_need_no_recursion() -> None:
    assert len(form(*[CONVOLUTION, Activation("relu")] * 5000).nodes) == 10_001
