"""The schedule against every plan there is, on small chains and graphs."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

import convwise
from convwise import sequential
from convwise.analyses.fit.schedule import Schedule, nothing, schedule, smallest
from convwise.analyses.fit.stretches import MOST_STRETCHES, Stretch, Stretches, stretches
from convwise.errors import UsageError
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import Dim, symbol
from convwise.kinds.activation import Activation
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.kinds.windows import Padding


def _drawn(seed: int, count: int) -> Stretches:
    """Stretches of any sizes; every one hands something to the next, some further on."""
    draw = random.Random(seed)
    made = [
        Stretch(draw.randrange(1, 50), draw.randrange(0, 40), draw.randrange(1, 20), (str(n),))
        for n in range(count)
    ]
    passed = [(n, n + 1, draw.randrange(1, 20)) for n in range(count)]
    passed += [(n, draw.randrange(n + 1, count + 1), draw.randrange(1, 9)) for n in range(count)]
    return Stretches(tuple(made), tuple(passed))


def _plans(count: int, place: int = 0) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every set of runs."""
    if place == count:
        yield ()
        return
    for rest in _plans(count, place + 1):
        yield rest
    for end in range(place + 1, count + 1):
        for rest in _plans(count, end):
            yield ((place, end), *rest)


def _peak(parts: Stretches, runs: tuple[tuple[int, int], ...]) -> int:
    """The peak of a plan, told step by step."""
    kept = peak = place = 0
    begins = dict(runs)
    while place < len(parts.all):
        end = begins.get(place, place + 1)
        inside = sum([one.kept_bytes for one in parts.all[place:end]])
        moving = max([one.moving_bytes for one in parts.all[place:end]])
        left = sum([size for m, u, size in parts.passed if place <= m < end <= u])
        again = place in begins
        peak = max(peak, kept + inside + moving + (left if again else 0))
        kept += left if again else inside
        place = end
    return peak


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_is_better(seed: int) -> None:
    parts = _drawn(seed, 6)
    plans = {
        runs: (_peak(parts, runs), sum([parts.all[n].work for a, b in runs for n in range(a, b)]))
        for runs in _plans(6)
    }
    assert nothing(parts).peak_bytes == plans[()][0]
    assert smallest(parts).peak_bytes == min(peak for peak, _ in plans.values())
    for limit in range(10, nothing(parts).peak_bytes + 10, 7):
        within = [work for peak, work in plans.values() if peak <= limit]
        found = schedule(parts, limit)
        if found is None:
            assert not within
        else:
            assert found.work == min(within)
            assert plans[found.runs] == (found.peak_bytes, found.work)


def test_a_long_chain_needs_about_the_square_root() -> None:
    """Chen and others: n equal layers in about 2 sqrt(n) instead of n."""
    count = 49
    made = [Stretch(1, 100, 0, (str(n),)) for n in range(count)]
    parts = Stretches(tuple(made), tuple([(n, n + 1, 100) for n in range(count)]))
    assert nothing(parts).peak_bytes == 4900
    assert smallest(parts).peak_bytes <= 1500


def _chain(depth: int, height: Dim = 16) -> convwise.Network:
    source = tensor((FREE_BATCH, 3, height, 16), ("batch", "channel", "height", "width"))
    layers = [
        kind
        for _ in range(depth)
        for kind in (
            Convolution((3, 3), 8, (1, 1), (1, 1), Padding("same")),
            Activation("relu"),
        )
    ]
    return sequential(Input(source), *layers)


def test_stretches_of_a_chain() -> None:
    parts = stretches(_chain(3).graph, 1)
    assert len(parts.all) == 6
    # A convolution's output is overwritten by nothing and kept by nothing: the rectifier's is.
    assert [one.kept_bytes for one in parts.all] == [0, 8 * 256 * 4] * 3
    assert [one.leaving(0, 2) for one in (parts,)] == [8 * 256 * 4]
    assert parts.all[0].work == 3 * 9 * 8 * 256 + 8 * 8 * 256


def test_many_layers_are_cut_at_some_places() -> None:
    parts = stretches(_chain(60).graph, 2)
    assert len(parts.all) <= MOST_STRETCHES
    assert sum([len(one.layers) for one in parts.all]) == 120
    found = smallest(parts)
    assert isinstance(found, Schedule)
    assert found.peak_bytes * 2 < nothing(parts).peak_bytes


def test_open_sizes_are_refused() -> None:
    with pytest.raises(UsageError, match="open"):
        stretches(_chain(1, symbol("H")).graph, 1)
