"""A network without sizes: its constraints are true for exactly the inputs that Keras accepts."""

from __future__ import annotations

import re

import pytest

import convwise

from .executed import FOLDER
from .oracle import accepts

WIDTH = 64
CONSTRAINT = re.compile(r"([A-Z]) % (\d+) == 0")


def allowed(constraints: list[str], size: int) -> bool:
    """Whether an image of this height, and a width that fits, satisfies what the summary says."""
    found = [CONSTRAINT.fullmatch(text) for text in constraints]
    assert all(found), constraints
    values = {"H": size, "W": WIDTH}
    return all(values[m.group(1)] % int(m.group(2)) == 0 for m in found if m is not None)


def check(sizes: list[int]) -> None:
    """The U-Net's constraints against the live network on images of these heights."""
    path = FOLDER / "unet_symbolic.py"
    constraints = convwise.read(path).summary().to_dict()["constraints"]
    assert sorted(constraints) == ["H % 16 == 0", "W % 16 == 0"]
    predicted = [allowed(constraints, size) for size in sizes]
    assert predicted == accepts(path, "unet_model", [(size, WIDTH, 3) for size in sizes])


def test_constraints_hold_where_keras_runs() -> None:
    check([1, 8, 15, 16, 17, 24, 32, 40, 48, 255, 256])


@pytest.mark.slow
def test_constraints_hold_for_every_height_to_256() -> None:
    check(list(range(1, 257)))


@pytest.mark.parametrize("name", ["espcn", "srresnet", "dncnn"])
def test_networks_without_constraints_take_any_size(name: str) -> None:
    path = FOLDER / f"{name}.py"
    assert not convwise.read(path).summary().to_dict()["constraints"]


def test_a_slice_of_the_last_steps_needs_that_many() -> None:
    """The network ends in `x[:, -60:, :]`: only from 60 steps on are there 60 at the output."""
    path = FOLDER / "wavenet.py"
    assert convwise.read(path).summary().to_dict()["constraints"] == ["T >= 60"]
