"""Pixels that never reach the output, against plain enumeration of index sets."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

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
