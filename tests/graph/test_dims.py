"""Exact sizes: arithmetic is that of integers, texts read back, normal forms are short."""

from __future__ import annotations

import pickle
import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convwise.errors import ReadError, RuleError
from convwise.graph.dims import (
    Expr,
    ceil_div,
    evaluate,
    from_json,
    maximum,
    minimum,
    parse,
    product,
    symbol,
    to_json,
)
from tests.graph.trees import NAMES, build, sizes_and_more

H, W, N = symbol("H"), symbol("W"), symbol("N")
SYMBOLS = {"H": H, "W": W, "N": N}
VALUES = st.fixed_dictionaries({name: st.integers(1, 60) for name in NAMES})


def check_arithmetic(tree, values):
    dim = build(tree, SYMBOLS)
    assert evaluate(dim, values) == build(tree, values)


def check_reading(tree):
    dim = build(tree, SYMBOLS)
    assert parse(str(dim)) == dim
    assert from_json(to_json(dim)) == dim
    assert hash(parse(str(dim))) == hash(dim)


@given(sizes_and_more(), VALUES)
@settings(max_examples=400, derandomize=True, deadline=None)
def test_arithmetic_is_that_of_integers(tree, values):
    check_arithmetic(tree, values)


@given(sizes_and_more())
@settings(max_examples=400, derandomize=True, deadline=None)
def test_text_reads_back(tree):
    check_reading(tree)


@pytest.mark.slow
@given(sizes_and_more(), VALUES)
@settings(max_examples=20_000, derandomize=True, deadline=None)
def test_arithmetic_and_text_in_full(tree, values):
    check_arithmetic(tree, values)
    check_reading(tree)


@given(sizes_and_more(), VALUES)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_symbols_may_be_replaced_one_by_one(tree, values):
    dim = build(tree, SYMBOLS)
    for name in NAMES:
        dim = evaluate(dim, {name: values[name]})
    assert dim == build(tree, values)


def test_a_wrong_rule_would_be_seen():
    with pytest.raises(AssertionError):
        assert evaluate(H // 2, {"H": 7}) == 7 / 2


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        ((H - 3) // 2 + 1, "floor((H - 3)/2) + 1"),
        (((H - 3) // 2 + 1 - 5) // 2 + 1, "floor((H - 11)/4) + 1"),
        (N * 16 * H, "16*N*H"),
        (ceil_div(H, 2), "ceil(H/2)"),
        (-(-H // 2), "ceil(H/2)"),
        ((H + 1) // 2, "ceil(H/2)"),
        (ceil_div(ceil_div(H, 2), 2), "ceil(H/4)"),
        (H // 2 // 2 // 2, "floor(H/8)"),
        (H // 2 * 2, "2*floor(H/2)"),
        (H // 2 - 4, "floor(H/2) - 4"),
        (H % 16, "H % 16"),
        (H - 16 * (H // 16), "H % 16"),
        ((3 * H + 5) % 7, "(3*H + 5) % 7"),
        (2 * H % 8, "2*(H % 4)"),
        (H // 2 % 2, "floor(H/2) % 2"),
        (3 - H % 4, "4*floor(H/4) - H + 3"),
        (-H % 4, "4*ceil(H/4) - H"),
        (N * 3136 // 3136, "N"),
        ((2 * (H // 3)) // 2, "floor(H/3)"),
        (N * H * W * 24 // (H * W * 8), "3*N"),
        (N * H // (64 * N), "floor(H/64)"),
        ((H + W) * (H - W) // (H + W), "H - W"),
        (N * H // (2 * W), "floor(N*H/(2*W))"),
        (maximum(H - 3, 0), "max(H - 3, 0)"),
        (minimum(H, 5), "min(H, 5)"),
        (maximum(2 * ceil_div(H, 2) - H, 0), "2*ceil(H/2) - H"),
        (512 * (H // 32) * (W // 32), "512*floor(H/32)*floor(W/32)"),
        (5 // H, "floor(5/H)"),
        (H * H, "H*H"),
    ],
)
def test_texts(dim, text):
    assert str(dim) == text
    assert parse(text) == dim


@pytest.mark.parametrize(
    ("dim", "number"),
    [
        (H - H, 0),
        (0 * H, 0),
        ((H + 3) - H, 3),
        ((2 * H + 1) % 2, 1),
        (H * W // (W * H), 1),
        (maximum(H, 1) - H, 0),
        (minimum(H, 0), 0),
        (0 // H, 0),
        ((H + 2) // 2 - H // 2, 1),
        (ceil_div(H, 2) + (H // 2) - H, 0),
    ],
)
def test_constants_collapse_to_plain_integers(dim, number):
    if isinstance(dim, Expr):
        # ceil(H/2) + floor(H/2) == H is true, but two floors stand there.
        assert all(evaluate(dim, {"H": size}) == number for size in range(1, 50))
    else:
        assert type(dim) is int
        assert dim == number


def test_integers_stay_integers():
    assert ceil_div(7, 2) == 4
    assert maximum(3, 5) == 5
    assert minimum(3, 5) == 3
    assert product([2, 3, 4]) == 24
    assert product([]) == 1
    assert product([2, H, 3]) == 6 * H
    assert evaluate(5, {"H": 2}) == 5
    assert to_json(5) == 5
    assert to_json(H // 2) == {"expr": "floor(H/2)"}


def test_symbols_are_known_and_replaceable_by_expressions():
    dim = N * (H // 2) + maximum(W, 5)
    assert dim.symbols == {"N", "H", "W"}
    assert dim.substitute({"H": 2 * W}) == N * W + maximum(W, 5)
    assert dim.substitute({"X": 1}) is dim


def test_expressions_are_values():
    one, two = (H - 3) // 2 + 1, (H - 1) // 2
    assert one == two
    assert one != H
    assert one != 3
    assert len({one, two}) == 1
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(maximum(H, W))) == maximum(H, W)


def test_a_size_formats_like_a_number_or_like_text():
    assert f"{H // 2:,}" == "floor(H/2)"
    assert f"{H:>4}" == "   H"


def test_sizes_have_no_order_of_their_own():
    with pytest.raises(TypeError):
        assert H < W


def test_division_by_zero_is_refused():
    with pytest.raises(ZeroDivisionError):
        H // 0
    with pytest.raises(ReadError, match="division by 0"):
        parse("floor(H/0)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a number or a name is expected, the end is found"),
        ("H +", "a number or a name is expected, the end is found"),
        ("H H", "the end is expected, H is found"),
        ("floor(H)", r"/ is expected, \) is found"),
        ("floor(H - 3/2)", "/ is expected, - is found"),
        ("H ? 2", "'\\?' at character 3 is no part of a size"),
        ("max(H)", ", is expected"),
        ("2H", "a number or a name is expected, 2H is found"),
        ("(" * 500, "nested more than"),
        ("1" * 500, "a number or a name is expected"),
        ("H+" * 20_000 + "H", "at most 20000 are read"),
        ("H ** 2", r"a number or a name is expected, \* is found"),
        ("__import__('os')", "is no part of a size"),
    ],
)
def test_what_is_no_size_is_refused(text, message):
    with pytest.raises(ReadError, match=message):
        parse(text)


@pytest.mark.parametrize("value", [None, True, 1.5, "H", {"expr": 3}, {"expr": "H", "more": 1}, []])
def test_json_that_is_no_size_is_refused(value):
    with pytest.raises(ReadError, match="a size is an integer or"):
        from_json(value)


@pytest.mark.parametrize("name", ["", "2", "floor", "max", "a b", "H-1"])
def test_names_that_would_not_read_back_are_refused(name):
    with pytest.raises(RuleError, match="cannot be the name of a size"):
        symbol(name)


def test_hostile_growth_ends_in_an_error():
    dim = H + W + N + 1
    with pytest.raises(RuleError, match="terms, at most"):
        for _ in range(20):
            dim = dim * dim
    dim = H
    with pytest.raises(RuleError, match="nested"):
        for _ in range(100):
            dim = 2 * dim // 3 + dim // 5


def test_operations_take_microseconds():
    """Generous bounds: ten times what they take alone on this machine."""
    cases = {"(H - 3)//2 + 1": 50e-6, "H + 1": 5e-6, "N*H*W": 30e-6}
    for code, bound in cases.items():
        seconds = min(timeit.repeat(code, globals=globals(), number=300, repeat=5)) / 300
        assert seconds < bound, code
