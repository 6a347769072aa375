"""What sizes must satisfy, as printed, is what reading the same code at each size finds."""

from __future__ import annotations

import itertools
import random

import pytest

import convwise
from convwise.errors import RuleError
from convwise.graph.constraints import holds, parse_constraint, sizes
from tests.symbolic.networks import NETWORKS, Network

LARGEST = 256
SOME_SIZES = 24
SOME_PAIRS = 40

every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


def fits(network: Network, *given: int) -> bool:
    """Whether the code with these sizes written into it is a network."""
    try:
        convwise.read(network.at(*given))
    except RuleError:
        return False
    return True


def fits_as_option(network: Network, *given: int) -> bool:
    """Whether the code with open sizes is a network for an input of these sizes."""
    try:
        convwise.read(network.open, (*given, network.channels))
    except RuleError:
        return False
    return True


def allowed(network: Network, *given: int) -> bool:
    """Whether these sizes satisfy the constraints that the summary prints."""
    printed = convwise.read(network.open).summary().to_dict()["constraints"]
    values = dict(zip(network.axes, given, strict=True))
    return holds([parse_constraint(text) for text in printed], values)


def along(network: Network, axis: int, size: int) -> tuple[int, ...]:
    """Legal sizes, but this one along one axis."""
    return (*network.legal[:axis], size, *network.legal[axis + 1 :])


@every_network
def test_constraints_are_printed(network: Network) -> None:
    answer = convwise.read(network.open).summary()
    assert tuple(answer.to_dict()["constraints"]) == network.constraints
    lines = [line for line in answer.text().splitlines() if line.startswith("works only if")]
    printed = " ".join(lines).removeprefix("works only if").strip()
    assert printed == ", ".join(network.constraints)


@every_network
def test_legal_sizes_are_legal(network: Network) -> None:
    assert fits(network, *network.legal)
    assert fits_as_option(network, *network.legal)
    assert allowed(network, *network.legal)


@every_network
def test_some_sizes(network: Network) -> None:
    random_sizes = random.Random(network.name)
    for axis in range(len(network.axes)):
        wanted = [1, 2, 3, LARGEST, *random_sizes.sample(range(4, LARGEST), SOME_SIZES)]
        wanted = [size for size in wanted if size not in network.stretched]
        given = [along(network, axis, size) for size in wanted]
        assert [fits(network, *one) for one in given] == [allowed(network, *one) for one in given]


@pytest.mark.slow
@every_network
def test_every_size_along_every_axis(network: Network) -> None:
    printed = convwise.read(network.open).summary().to_dict()["constraints"]
    constraints = [parse_constraint(text) for text in printed]
    for axis, letter in enumerate(network.axes):
        found = [n for n in range(1, LARGEST + 1) if fits(network, *along(network, axis, n))]
        rest = {a: n for a, n in zip(network.axes, network.legal, strict=True) if a != letter}
        assert set(network.stretched) <= set(found)
        expected = sizes(constraints, letter, LARGEST, rest)
        assert [n for n in found if n not in network.stretched] == expected


@pytest.mark.slow
@every_network
def test_sizes_together(network: Network) -> None:
    axes = len(network.axes)
    small = list(itertools.product(range(1, 5), repeat=axes))
    seeded = random.Random(network.name)
    drawn = [tuple(seeded.randint(1, LARGEST) for _ in range(axes)) for _ in range(SOME_PAIRS)]
    near = [
        tuple(max(1, legal + seeded.choice((-2, -1, 0, 0, 1, 2))) for legal in network.legal)
        for _ in range(SOME_PAIRS)
    ]
    for given in [*small, *drawn, *near]:
        if set(given) & set(network.stretched):
            continue
        expected = allowed(network, *given)
        assert fits(network, *given) == expected, given
        assert fits_as_option(network, *given) == expected, given
