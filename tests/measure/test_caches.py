"""What a cache still holds: decided by the traffic since a block's last use, also across a gap."""

from __future__ import annotations

import pytest

from convwise.measure import caches
from convwise.measure.caches import Caches

MIB = 1 << 20


@pytest.fixture(autouse=True)
def _cache_of_20_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "last_cache_bytes", lambda: 20 * MIB)


def test_a_block_cools_down_with_what_is_used_after_it() -> None:
    found = Caches()
    found.take(1, MIB)
    assert not found.is_hot(1)
    found.use({1: MIB})
    assert found.is_hot(1)
    found.use({2: 9 * MIB})
    assert found.is_hot(1)
    found.use({3: MIB})
    assert not found.is_hot(1)
    assert found.is_hot(3)


def test_a_new_block_takes_the_smallest_gap_that_holds_it() -> None:
    found = Caches()
    for block, size in ((1, 4 * MIB), (2, 8 * MIB), (3, 2 * MIB)):
        found.use({block: size})
        found.give_back(block, size)
    # What was used last is hot: the first block is 10 MiB of traffic ago, the others less.
    found.take(4, 3 * MIB)
    assert not found.is_hot(4)
    found.take(5, 2 * MIB)
    assert found.is_hot(5)
    found.take(6, 8 * MIB)
    assert found.is_hot(6)
    found.take(7, MIB)
    assert not found.is_hot(7), "it has the rest of the first block's memory"
    found.take(8, MIB)
    assert not found.is_hot(8), "no memory is left that was ever used"
