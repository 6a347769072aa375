"""Formulas with sizes put in give, in every layer, the numbers of the network of those sizes."""

from __future__ import annotations

import random
from typing import Any

import pytest

import convwise
from convwise.graph.constraints import parse_constraint, sizes
from convwise.graph.dims import evaluate, parse
from tests.symbolic.networks import NETWORKS, Network

#: Not numbers of the layer alone: they need known sizes, or they are text.
NOT_COMPARED = ("formulas", "receptive_field", "unused_input", "notes", "constraints", "source")

every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


def at_sizes(value: Any, given: dict[str, int]) -> Any:
    """JSON with every expression replaced by its value."""
    if isinstance(value, list):
        return [at_sizes(one, given) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"expr"}:
        return evaluate(parse(value["expr"]), given)
    return {key: at_sizes(one, given) for key, one in value.items() if key not in NOT_COMPARED}


def expressions(value: Any) -> list[str]:
    """All expressions in JSON."""
    if isinstance(value, list):
        return [text for one in value for text in expressions(one)]
    if not isinstance(value, dict):
        return []
    if set(value) == {"expr"}:
        return [value["expr"]]
    return [text for one in value.values() for text in expressions(one)]


def legal_sizes(network: Network, count: int) -> list[tuple[int, ...]]:
    """Seeded legal sizes up to 256, one axis at a time, and the ones the network names."""
    printed = convwise.read(network.open).summary().to_dict()["constraints"]
    constraints = [parse_constraint(text) for text in printed]
    seeded = random.Random(network.name)
    found = [network.legal]
    for _ in range(count):
        given = dict(zip(network.axes, network.legal, strict=True))
        for letter in network.axes:
            rest = {axis: size for axis, size in given.items() if axis != letter}
            given[letter] = seeded.choice(sizes(constraints, letter, 256, rest))
        found.append(tuple(given.values()))
    return found


def compare(network: Network, count: int) -> None:
    """Symbolic against concrete at the batch sizes 1 and 3."""
    for batch in (None, 3):
        open_ones = convwise.read(network.open).summary(batch).to_dict()
        for given in legal_sizes(network, count):
            concrete = convwise.read(network.at(*given)).summary(batch).to_dict()
            values = dict(zip(network.axes, given, strict=True))
            predicted = at_sizes(open_ones, values)
            # Memory is an interval with a number or not said: open sizes have none.
            assert predicted["totals"].pop("memory") is None
            assert concrete["totals"].pop("memory") is not None
            assert predicted["totals"] == at_sizes(concrete["totals"], {})
            assert predicted == at_sizes(concrete, {})


@every_network
def test_sizes_put_into_formulas(network: Network) -> None:
    compare(network, 1)


@pytest.mark.slow
@every_network
def test_many_sizes_put_into_formulas(network: Network) -> None:
    compare(network, 12)


@every_network
def test_formulas_are_in_lowest_form(network: Network) -> None:
    found = expressions(convwise.read(network.open).summary().to_dict())
    assert found
    assert [str(parse(text)) for text in found] == found


@every_network
def test_the_table_shows_formulas(network: Network) -> None:
    answer = convwise.read(network.open).summary()
    last = answer.to_dict()["layers"][-1]["output_shape"]
    printed = answer.text(140)
    for size in last:
        if isinstance(size, dict):
            assert size["expr"].replace(" ", "") in printed.replace(" ", "")


def test_two_inputs_have_sizes_of_their_own() -> None:
    net = convwise.read(
        "from keras import Input, Model, layers\n"
        "a = Input((None, None, 3), name='image')\nb = Input((None, None, 1), name='mask')\n"
        "x = layers.MaxPooling2D(2)(a)\nmodel = Model([a, b], layers.concatenate([x, b]))\n"
    )
    printed = net.summary().to_dict()["constraints"]
    letters = sorted({name for text in printed for name in parse_constraint(text).symbols})
    assert len(letters) == 4
