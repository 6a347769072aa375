"""Random sizes as formula trees: computed once with symbols and once with integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from convwise.graph.dims import Dim, ceil_div, maximum, minimum

Tree = Any
NAMES = ("H", "W", "N")


def build(tree: Tree, values: Mapping[str, Dim]) -> Dim:
    """The tree's value, the same code for integers and for symbols."""
    if isinstance(tree, int):
        return tree
    if isinstance(tree, str):
        return values[tree]
    operation, *arguments = tree
    parts = [build(argument, values) for argument in arguments]
    return OPERATIONS[operation](*parts)


OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "neg": lambda a: -a,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "ceil": ceil_div,
    "max": maximum,
    "min": minimum,
}

_NUMBERS = st.integers(-12, 12)
_DIVISORS = st.integers(1, 12) | st.integers(-6, -1)


def _larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.tuples(st.sampled_from(["+", "-", "max", "min"]), trees, trees),
        st.tuples(st.just("*"), trees, _NUMBERS),
        st.tuples(st.just("*"), st.sampled_from(NAMES), trees),
        st.tuples(st.just("neg"), trees),
        st.tuples(st.sampled_from(["//", "%", "ceil"]), trees, _DIVISORS),
        st.tuples(st.sampled_from(["//", "%"]), trees, st.sampled_from(NAMES)),
        st.tuples(st.just("//"), trees, st.tuples(st.just("*"), _DIVISORS, st.just("W"))),
        st.tuples(st.just("//"), _NUMBERS, st.sampled_from(NAMES)),
    )


def sizes_and_more() -> st.SearchStrategy[Tree]:
    """Any expression over H, W and N."""
    return st.recursive(st.sampled_from(NAMES) | _NUMBERS, _larger, max_leaves=10)


@st.composite
def windows(draw: st.DrawFn, before: Tree) -> Tree:
    """What one layer makes of a size: convolution, pooling, upsampling, cropping, padding."""
    kind = draw(st.sampled_from(["valid", "same", "pool", "up", "transposed", "crop", "pad"]))
    number = draw(st.integers(1, 5))
    stride = draw(st.integers(1, 3))
    if kind == "valid":
        return ("+", ("//", ("-", before, number), stride), 1)
    if kind == "same":
        return ("ceil", before, stride)
    if kind == "pool":
        return ("//", before, draw(st.integers(2, 4)))
    if kind == "up":
        return ("*", before, draw(st.integers(2, 3)))
    if kind == "transposed":
        return ("+", ("*", ("-", before, 1), stride), number)
    if kind == "crop":
        return ("max", ("-", before, number), draw(st.integers(0, 1)))
    return ("+", before, number)


@st.composite
def nests(draw: st.DrawFn, name: str = "H") -> list[Tree]:
    """The sizes along a chain of layers, the input first."""
    chain: list[Tree] = [name]
    for _ in range(draw(st.integers(0, 5))):
        chain.append(draw(windows(chain[-1])))
    return chain
