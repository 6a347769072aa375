"""What the builder refuses: sizes and ranks that nobody can mean."""

from __future__ import annotations

import pytest

from convwise.errors import RuleError
from convwise.graph.axes import tensor
from convwise.kinds.dense import Dense
from convwise.kinds.source import Input
from convwise.network import Network, sequential


def made(size: int, units: int = 1) -> Network:
    return sequential(Input(tensor((1, size), ("batch", "channel"))), Dense(units))


def test_sizes_up_to_a_limit_are_exact() -> None:
    totals = made(10**30, 10**30).summary().answer.totals
    assert totals.parameters == 10**60 + 10**30


@pytest.mark.parametrize("power", [31, 40, 400, 4000, 40_000])
def test_sizes_beyond_are_refused_without_being_written_out(power: int) -> None:
    with pytest.raises(RuleError) as caught:
        made(1, 10**power)
    assert f"a size of more than 10^{power - 1} comes out of this" in str(caught.value)
    assert "sizes up to 10^30 are counted" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_too_many_axes_are_refused() -> None:
    many = tensor((1,) * 65, ("batch", *[None] * 64))
    with pytest.raises(RuleError, match="an output of 65 axes comes out of this, at most 64 can"):
        sequential(Input(many))
