"""Axes of two tensors that are matched from the last, ones repeated; must name no kind."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.graph.axes import Axis, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must


def is_one(dim: Dim) -> bool:
    """Whether a size is the number 1, which is repeated; a symbol is another size."""
    return type(dim) is int and dim == 1


def joined(one: Axis, two: Axis, must: Must, message: str, hint: str | None = None) -> Axis:
    """The axis that two axes make together, under the first one's role where it has one.

    RuleError when the sizes differ and neither is 1.
    """
    if is_one(two.dim) or one.dim == two.dim:
        return one if one.role or not two.role else Axis(two.role, one.dim, one.factors)
    if is_one(one.dim):
        return two if two.role else Axis(one.role, two.dim, two.factors)
    must.equal(one.dim, two.dim, message, hint)
    return one if one.role or not two.role else Axis(two.role, one.dim, one.factors)


def leading(one: Sequence[Axis], two: Sequence[Axis], must: Must, verb: str) -> list[Axis]:
    """Leading axes, such as the batch and the heads, as NumPy and PyTorch repeat them."""
    rank = max(len(one), len(two))
    rows = [(*[Axis(None, 1)] * (rank - len(axes)), *axes) for axes in (one, two)]
    left, right = (_shown(axes) for axes in (one, two))
    message = f"sizes {{0}} and {{1}} in the leading axes {left} and {right} do not {verb}"
    hint = "leading axes are equal, or 1"
    return [joined(a, b, must, message, hint) for a, b in zip(*rows, strict=True)]


def _shown(axes: Sequence[Axis]) -> str:
    return describe(tensor([axis.dim for axis in axes], [None] * len(axes)))


def without_doubles(axes: Sequence[Axis], taken: set[str | None]) -> list[Axis]:
    """The same axes; a role that is `taken`, or is there before, is given up."""
    found = []
    taken = set(taken)
    for axis in axes:
        role = None if axis.role in taken else axis.role
        taken.add(axis.role)
        found.append(axis if role == axis.role else Axis(role, axis.dim, axis.factors))
    return found
