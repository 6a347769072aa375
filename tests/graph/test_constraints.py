"""Constraints: exact verdicts, short joint forms, never a size lost or won."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convwise.errors import ReadError, RuleError
from convwise.graph.constraints import (
    Constraint,
    at_least,
    divides,
    equal,
    holds,
    parse_constraint,
    simplify,
    sizes,
)
from convwise.graph.dims import ceil_div, maximum, product, symbol
from tests.graph.trees import build, nests, sizes_and_more

H, W, N = symbol("H"), symbol("W"), symbol("N")
SYMBOLS = {"H": H, "W": W, "N": N}
UP_TO = 256

ASK = {"==": equal, ">=": at_least, "%": divides}
TRUTH = {"==": lambda a, b: a == b, ">=": lambda a, b: a >= b, "%": lambda a, b: a % b == 0}


def texts(*verdicts):
    return [str(constraint) for constraint in simplify([v for v in verdicts if v is not True])]


def u_net(size, levels, crop=0):
    """Verdicts of the skips of an encoder and decoder that halves `levels` times."""
    down = [size]
    for _ in range(levels):
        down.append((down[-1] - crop) // 2)
    return [equal(2 * small, large - crop) for large, small in pairwise(down)]


@st.composite
def requirements(draw, *names):
    """A list of (left tree, relation, right tree) over chains of layers."""
    asked = []
    chains = {name: draw(nests(name)) for name in names}
    for _ in range(draw(st.integers(1, 5))):
        left = draw(st.sampled_from(chains[draw(st.sampled_from(names))]))
        relation = draw(st.sampled_from(["==", ">=", "%"]))
        if relation == "%":
            asked.append((left, "%", draw(st.integers(1, 12))))
        elif draw(st.booleans()):
            other = draw(st.sampled_from(chains[draw(st.sampled_from(names))]))
            factor = draw(st.integers(1, 4))
            asked.append((left, relation, ("*", ("+", other, draw(st.integers(-4, 4))), factor)))
        else:
            asked.append((left, relation, draw(st.integers(-2, 40))))
    return asked


def true_sizes(asked, name="H"):
    found = []
    for size in range(1, UP_TO + 1):
        values = {name: size}
        if all(TRUTH[rel](build(a, values), build(b, values)) for a, rel, b in asked):
            found.append(size)
    return found


def check_requirements(asked):
    expected = true_sizes(asked)
    verdicts = [ASK[rel](build(a, SYMBOLS), build(b, SYMBOLS)) for a, rel, b in asked]
    for (a, rel, b), verdict in zip(asked, verdicts, strict=True):
        if not isinstance(verdict, Constraint):
            alone = true_sizes([(a, rel, b)])
            assert len(alone) == (UP_TO if verdict else 0)
    if False in verdicts:
        assert not expected
        return
    constraints = [verdict for verdict in verdicts if verdict is not True]
    try:
        simple = simplify(constraints)
    except RuleError as error:
        assert "no H satisfies" in error.message
        assert not expected
        return
    assert [h for h in range(1, UP_TO + 1) if holds(simple, {"H": h})] == expected
    assert sizes(constraints, "H", UP_TO) == expected
    assert sizes(simple, "H", UP_TO) == expected
    assert len(simplify(simple)) <= len(simple)
    for constraint in (*constraints, *simple):
        assert parse_constraint(str(constraint)) == constraint


@given(requirements("H"))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_simplified_constraints_allow_exactly_the_same_sizes(asked):
    check_requirements(asked)


@pytest.mark.slow
@given(requirements("H"))
@settings(max_examples=10_000, derandomize=True, deadline=None)
def test_simplified_constraints_allow_exactly_the_same_sizes_in_full(asked):
    check_requirements(asked)


def check_two_symbols(asked):
    verdicts = [ASK[rel](build(a, SYMBOLS), build(b, SYMBOLS)) for a, rel, b in asked]
    grid = [{"H": h, "W": w} for h in range(1, 33) for w in range(1, 33)]
    expected = [
        all(TRUTH[rel](build(a, values), build(b, values)) for a, rel, b in asked)
        for values in grid
    ]
    if False in verdicts:
        assert not any(expected)
        return
    try:
        simple = simplify([verdict for verdict in verdicts if verdict is not True])
    except RuleError:
        assert not any(expected)
        return
    assert [holds(simple, values) for values in grid] == expected


@given(requirements("H", "W"))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_two_sizes_together(asked):
    check_two_symbols(asked)


@pytest.mark.slow
@given(requirements("H", "W"))
@settings(max_examples=1500, derandomize=True, deadline=None)
def test_two_sizes_together_in_full(asked):
    check_two_symbols(asked)


@given(sizes_and_more(), st.sampled_from(["==", ">="]), sizes_and_more())
@settings(max_examples=200, derandomize=True, deadline=None)
def test_any_expression_may_be_asked(left, relation, right):
    asked = ASK[relation](build(left, SYMBOLS), build(right, SYMBOLS))
    for h, w, n in [(1, 1, 1), (7, 4, 2), (16, 16, 3), (1, 30, 8), (29, 2, 1)]:
        values = {"H": h, "W": w, "N": n}
        truth = TRUTH[relation](build(left, values), build(right, values))
        assert (asked.holds(values) if isinstance(asked, Constraint) else asked) == truth


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 5, 8])
def test_the_skips_of_a_u_net(levels):
    assert texts(*u_net(H, levels)) == [f"H % {2**levels} == 0"]
    enough = at_least(H // 2**levels, 1)
    assert texts(enough, *u_net(H, levels), enough) == [f"H % {2**levels} == 0"]


def test_the_original_u_net():
    """Ronneberger et al. (2015): two valid 3x3 convolutions a level, cropped skips; 572 -> 388."""
    size, verdicts, skips = H, [], []
    for _ in range(4):
        size = size - 4
        verdicts.append(at_least(size, 1))
        skips.append(size)
        size = size // 2
    size = size - 4
    for skip, crop in zip(reversed(skips), (8, 32, 80, 176), strict=True):
        verdicts.append(at_least(size, 1))
        verdicts.append(equal(2 * size, skip - crop))
        size = 2 * size - 4
    verdicts.append(at_least(size, 1))
    assert texts(*verdicts) == ["H % 16 == 12", "H >= 188"]
    assert size.substitute({"H": 572}) == 388


def test_a_u_net_over_two_axes():
    assert texts(*u_net(H, 4), *u_net(W, 4)) == ["H % 16 == 0", "W % 16 == 0"]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([equal(2 * ((H - 4) // 2), H - 4)], ["H % 2 == 0"]),
        ([equal(2 * ceil_div(H, 2), H)], ["H % 2 == 0"]),
        ([equal(4 * ceil_div(ceil_div(H, 2), 2), H)], ["H % 4 == 0"]),
        ([equal(2 * ((H - 1) // 2) + 1, H)], ["H % 2 == 1"]),
        ([at_least(((H - 3) // 2 + 1 - 5) // 2 + 1, 1)], ["H >= 11"]),
        ([at_least(H, 3), at_least(H - 2, 3), at_least((H - 4) // 2, 3)], ["H >= 10"]),
        ([divides(H, 16), at_least(H, 16)], ["H % 16 == 0"]),
        ([divides(H, 16), at_least(H, 17)], ["H % 16 == 0", "H >= 32"]),
        ([divides(3 * H + 1, 7)], ["H % 7 == 2"]),
        ([divides(4 * H, 16)], ["H % 4 == 0"]),
        ([divides(3 * H, 16)], ["H % 16 == 0"]),
        ([divides(H, 4), divides(H, 6)], ["H % 12 == 0"]),
        ([divides(H, 4), equal(H % 3, 2)], ["H % 12 == 8"]),
        ([equal(2 * (H // 4), H // 2)], ["H % 4 <= 1"]),
        ([equal(2 * ((H + 1) // 4), (H + 1) // 2)], ["(H + 1) % 4 <= 1"]),
        ([equal(H // 32, 7)], ["H >= 224", "H <= 255"]),
        ([equal(H // 32, 7), divides(H, 32)], ["H == 224"]),
        ([equal(H, W)], ["H == W"]),
        ([equal(H, W), equal(W, 28)], ["H == 28", "H == W"]),
        ([equal(H * W, 49), equal(H, 7)], ["H == 7", "W == 7"]),
        ([equal(H // 2, W // 2), equal(H, W), divides(W, 8)], ["H % 8 == 0", "H == W"]),
        ([equal(H, W), equal(W, N), equal(N, H), at_least(N, 3)], ["H >= 3", "H == W", "W == N"]),
        ([equal(N * (H // 2) * 2, N * H)], ["H % 2 == 0"]),
        ([equal(512 * (H // 32) * (W // 32), 25088)], ["floor(H/32)*floor(W/32) == 49"]),
        ([at_least(maximum(H - 3, 0), 5)], ["H >= 8"]),
        ([equal(maximum(8 - H, 0), 0)], ["H >= 8"]),
        ([at_least(100, H)], ["H <= 100"]),
        ([at_least(H // 1024, 1)], ["H >= 1024"]),
        ([equal(5, H)], ["H == 5"]),
        ([], []),
    ],
)
def test_said_shortly(verdicts, expected):
    assert texts(*verdicts) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (equal(3, 3), True),
        (equal(3, 4), False),
        (equal(H, H), True),
        (equal(H + 1, H), False),
        (equal(2 * (H // 2) + 1, 2 * (W // 2)), False),
        (equal(H + W, 1), False),
        (equal(ceil_div(H, 2) + H // 2, H), True),
        (equal(4 * (H // 2), 2 * H + 2), False),
        (at_least(H, 1), True),
        (at_least(3, 4), False),
        (at_least(N * H, 1), True),
        (at_least(2 * ceil_div(H, 2), H), True),
        (at_least(H // 2, H), False),
        (at_least(3 - H, 3), False),
        (divides(N * 3136, 64), True),
        (divides(12, 5), False),
        (divides(2 * H + 1, 4), False),
    ],
)
def test_verdicts_that_need_no_constraint(verdict, expected):
    assert verdict is expected


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ([divides(H, 2), divides(H + 1, 2)], r"no H satisfies H % 2 == 0 and \(H \+ 1\) % 2 == 0"),
        ([equal(H, 5), at_least(H, 6)], "no H satisfies H == 5 and H >= 6"),
        ([equal(H, W), equal(H, 5), equal(W, 6)], "no H satisfies H == 5 and H == 6"),
        ([equal(H, W), equal(H + 1, W)], r"no sizes satisfy H == W and H \+ 1 == W"),
        ([equal(H * W, 50), equal(H, 7)], r"no sizes satisfy H == 7 and H\*W == 50"),
        ([equal(H // 32, 7), divides(H, 500)], "no H satisfies"),
    ],
)
def test_contradictions_are_named(verdicts, message):
    with pytest.raises(RuleError, match=message) as caught:
        simplify(verdicts)
    assert caught.value.hint


def test_what_cannot_be_solved_stays_as_asked():
    product_of_sizes = equal(H * (H // 2), 24)
    assert texts(product_of_sizes) == ["H*floor(H/2) == 24"]
    assert sizes([product_of_sizes], "H", 100) == [
        size for size in range(1, 101) if size * (size // 2) == 24
    ]
    scattered = divides((H // 3) % 3 * H, 4)
    assert isinstance(scattered, Constraint)
    assert scattered in simplify([scattered])


def test_scattered_residues_stay_as_asked():
    square_pattern = equal(H % 5 - H % 3, 1)
    assert texts(square_pattern, divides(H, 2)) == ["H % 2 == 0", str(square_pattern)]


def test_sizes_of_one_symbol_given_the_others():
    skips = u_net(H, 3)
    assert sizes(skips, "H", 40) == [8, 16, 24, 32, 40]
    assert sizes(skips, "W", 3) == [1, 2, 3]
    assert sizes([*skips, equal(H, W)], "H", 40, {"W": 16}) == [16]
    assert sizes([equal(H, 3), equal(H, W)], "W", 5, {"H": 4}) == []
    with pytest.raises(RuleError, match="the sizes of H depend on W: H == W"):
        sizes([equal(H, W)], "H", 40)


def test_a_missing_size_is_named():
    with pytest.raises(RuleError, match="H == W depends on W"):
        holds([equal(H, W)], {"H": 3})


@pytest.mark.parametrize("text", ["H", "H = 3", "H == ", "H > 3", "H == 3 == 3"])
def test_text_that_is_no_constraint_is_refused(text):
    with pytest.raises(ReadError):
        parse_constraint(text)


def test_a_u_net_is_simplified_in_milliseconds():
    constraints = [*u_net(H, 4), *u_net(W, 4), at_least(H // 16, 1)]
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        simplify(constraints)
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 5e-3


def test_thousands_of_constraints_take_linear_time():
    size, constraints = H, []
    for _ in range(2000):
        constraints.append(at_least(size, 3))
        size = size - 2
    begin = time.perf_counter()
    assert [str(c) for c in simplify(constraints)] == ["H >= 4001"]
    assert time.perf_counter() - begin < 2


def test_products_of_sizes_are_positive():
    assert at_least(product([N, H, W]), 1) is True
