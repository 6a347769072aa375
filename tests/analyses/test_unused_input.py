"""Pixels that never reach the output, against plain enumeration of index sets."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convwise.graph.axes import tensor
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.padding import Crop
from convwise.kinds.resize import Upsample
from convwise.kinds.source import Input
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.views import Identity
from convwise.kinds.windows import SAME
from convwise.network import sequential
from tests.analyses.chains import Link, legal, links, network, seen, sizes


@given(st.lists(links, min_size=1, max_size=5), st.integers(1, 40))
def test_unused_input_is_exact(chain: list[Link], size: int) -> None:
    lengths = sizes(chain, size)
    assume(all(0 < length < 200 for length in lengths))
    assume(legal(chain, lengths))
    used = {i for out in range(lengths[-1]) for i in seen(chain, out, lengths)}
    totals = network(chain, size).summary().answer.totals
    assert totals.unused_input == {"time": size - len(used)}


def test_three_strided_convolutions_leave_six_columns() -> None:
    chain = [Link(8, 2, 1, 0, 0, transposed=False)] * 3
    assert network(chain, 128).summary().answer.totals.unused_input == {"time": 6}
    assert network(chain, 122).summary().answer.totals.unused_input == {"time": 0}


def test_stride_larger_than_kernel_skips_inside() -> None:
    chain = [Link(1, 2, 1, 0, 0, transposed=False)]
    assert network(chain, 9).summary().answer.totals.unused_input == {"time": 4}


def unused(size: int, *kinds: Kind) -> dict[str, int] | None:
    start = Input(tensor((1, size, 1), ("batch", "time", "channel")))
    return sequential(start, *kinds).summary().answer.totals.unused_input


def test_axis_too_long_to_follow_is_used_as_a_whole_or_not_known() -> None:
    assert unused(10**30, Identity()) == {"time": 0}
    assert unused(10**30, Convolution((3,), 1, (2,), (1,))) is None
    assert unused(10, Upsample((10**12,))) is None


@pytest.mark.parametrize(
    "kind",
    [
        Convolution((2,), 1, (10**12,), (1,), SAME),
        Convolution((10**12,), 1, (1,), (1,), SAME),
        Convolution((2,), 1, (1,), (10**12,), SAME),
        TransposedConvolution((2,), 1, (10**12,), (1,), ((0, 0),)),
        TransposedConvolution((10**12,), 1, (1,), (1,), ((0, 0),)),
    ],
)
def test_window_too_long_to_follow_is_not_known(kind: Kind) -> None:
    assert unused(10, kind) is None


def test_crop_and_resize() -> None:
    assert unused(9, Crop((("time", (0, 4)),))) == {"time": 4}
    assert unused(9, Upsample((2,)), Crop((("time", (0, 8)),))) == {"time": 4}
