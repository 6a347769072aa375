"""Random layers worked out by hand against the reference and PyTorch; and errors that are found."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convwise.kinds.convolution import Convolution
from convwise.reference.by_hand import convolution
from convwise.reference.by_hand.table import ON_PAPER
from convwise.reference.rules.table import COMPUTED
from tests.reference.by_hand.checked import tried
from tests.reference.by_hand.drawn import DRAWN, layer

_NAMES = [name for name in DRAWN if name in COMPUTED]


def _run(seeds: range) -> Counter[str]:
    """How many layers of each kind were compared; fails with the first ones that differ."""
    done: Counter[str] = Counter()
    for seed in seeds:
        name = _NAMES[seed % len(_NAMES)]
        found = tried(layer(seed, name), seed, anywhere=seed % 3 > 0)
        assert not found, (seed, found)
        done[name] += found is not None
    return done


def test_what_is_drawn_is_worked_out_by_hand() -> None:
    assert set(DRAWN) <= set(ON_PAPER)


def test_sixty_random_layers() -> None:
    assert sum(_run(range(72)).values()) >= 60


@pytest.mark.slow
def test_five_hundred_random_layers() -> None:
    done = _run(range(1000, 1600))
    print(dict(done))
    assert sum(done.values()) >= 500
    assert set(done) == set(_NAMES)


def test_a_flipped_kernel_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """True convolution flips the kernel, which no framework does."""
    right = convolution._filters

    def flipped(use: object) -> object:
        found = right(use)  # type: ignore[arg-type]
        axes = tuple(range(2, found.kernels.ndim))
        return found._replace(kernels=np.flip(found.kernels, axis=axes))

    example = Convolution.examples()[0]
    assert tried(example, 0, anywhere=False) == []
    monkeypatch.setattr(convolution, "_filters", flipped)
    found = tried(example, 0, anywhere=False)
    assert found
    assert any("output value" in fault and "the reference has" in fault for fault in found)
    assert any("gradient of the value" in fault and "PyTorch has" in fault for fault in found)
