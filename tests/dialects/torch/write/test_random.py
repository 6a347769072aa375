"""Random networks, written as PyTorch: all shapes and counts are those of the graph."""

from __future__ import annotations

import pytest

from convwise.dialects.torch.write.code import written
from convwise.errors import RuleError

from .compare import differences
from .generated import network

#: What PyTorch cannot do, in words of the refusal.
REFUSED = ("PyTorch", "pads so")
#: PyTorch refuses to normalise a single pixel.
ONE_PIXEL = "Expected more than 1 spatial element"


def problems(seeds: range) -> tuple[list[str], int]:
    """Differences by seed, and how many networks were written."""
    found: list[str] = []
    done = 0
    for seed in seeds:
        graph = network(seed)
        try:
            written(graph)
        except RuleError as error:
            if not any(word in str(error) for word in REFUSED):
                found.append(f"{seed}: {error}")
            continue
        done += 1
        try:
            found.extend([f"{seed}: {line}" for line in differences(graph)])
        except Exception as error:
            if ONE_PIXEL in str(error):
                continue
            found.append(f"{seed}: {type(error).__name__} {error}")
    return found, done


def test_random_networks() -> None:
    found, done = problems(range(40))
    assert not found, "\n".join(found)
    assert done > 30


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 1500, 100))
def test_many_random_networks(start: int) -> None:
    found, done = problems(range(start, start + 100))
    assert not found, "\n".join(found)
    assert done > 75
