"""Bands around expressions and their growth, against plain integers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convwise.graph import bounds, growth
from convwise.graph.dims import ceil_div, maximum, symbol, terms_of
from convwise.graph.size_set import ALL
from convwise.graph.solve import narrowed, problem
from tests.graph.trees import NAMES, build, nests, sizes_and_more

H, W, N = symbol("H"), symbol("W"), symbol("N")
SYMBOLS = {"H": H, "W": W, "N": N}
VALUES = st.fixed_dictionaries({name: st.integers(1, 60) for name in NAMES})


@given(sizes_and_more(), VALUES)
@settings(max_examples=400, derandomize=True, deadline=None)
def test_nothing_falls_below_its_least_value(tree, values):
    least = bounds.least(terms_of(build(tree, SYMBOLS)))
    assert least is None or build(tree, values) >= least


@pytest.mark.parametrize(
    ("dim", "least"),
    [
        (H, 1),
        (N * H * W - 1, 0),
        (H // 2, 0),
        (2 * ceil_div(H, 2) - H, 0),
        (H - 2 * (H // 2), 0),
        (H - W, None),
        (maximum(H - W, 3), 3),
        (maximum(H, 5) * N, 5),
        ((H + 8) // 3 * W, 3),
        (N // H, 0),
    ],
)
def test_least_values(dim, least):
    assert bounds.least(terms_of(dim)) == least


@given(nests(), st.integers(1, 4), st.integers(-3, 3))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_growth_is_a_line_plus_something_that_repeats(chain, times, more):
    tree = ("+", ("*", ("-", chain[-1], chain[len(chain) // 2]), times), more)
    found = growth.of_terms(terms_of(build(tree, SYMBOLS)))
    assert found is not None
    step = found.slope * found.period // found.scale
    sizes = range(found.start, found.start + 80)
    values = {size: build(tree, {"H": size}) for size in range(1, found.start + 81)}
    for size in sizes:
        scaled = found.scale * values[size] - found.slope * size
        assert found.low <= scaled <= found.high
        assert build(tree, {"H": size + found.period}) == values[size] + step
    if found.rising:
        assert all(values[size] <= values[size + 1] for size in range(1, found.start + 80))


@pytest.mark.parametrize("dim", [H * H, N // H, H * (H // 2), H // (H + 1), W * H])
def test_products_of_sizes_have_no_such_growth(dim):
    assert growth.of_terms(terms_of(dim)) is None


def test_too_much_work_is_declined():
    asked = problem(H % 1000 - 500, True)
    assert asked is not None
    assert narrowed(ALL, asked, limit=999) is None
    found = narrowed(ALL, asked, limit=1100)
    assert found is not None
    assert list(found.members(1, 2000)) == [500, 1500]
