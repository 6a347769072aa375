"""Triangles of matrices."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.triangle import Triangle
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted


def test_shape_and_costs_are_those_of_the_matrices():
    said = ask(Triangle(upper=True), tensor((2, 5, 7), ("batch", None, None)))
    assert [said.shape] == counted(lambda x: x.triu(), (2, 5, 7)).shapes
    assert (said.elementwise_ops, said.kept) == (70, [])


def test_a_row_has_no_triangle():
    assert "(5,) has 1 axes" in refusal(Triangle(), tensor((5,), (None,))).message
