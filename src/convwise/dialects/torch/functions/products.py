"""Functions that multiply and sum: matmul, bmm, einsum, baddbmm, outer, cdist."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call, listed
from convwise.dialects.torch.functions.elementwise import with_number
from convwise.dialects.torch.table.forms import norm_order
from convwise.errors import RuleError
from convwise.kinds.distance import CrossDistance
from convwise.kinds.einsum import Einsum
from convwise.kinds.matmul import Matmul
from convwise.kinds.merge import Merge
from convwise.kinds.views import Unsqueeze


def _matmul(call: Call) -> object:
    return call.run(Matmul(), call.tensor(), call.tensor("other"))


def _of_rank(one: int, two: int) -> object:
    """A product that takes no other numbers of axes."""

    def run(call: Call) -> object:
        first, second = call.tensor(), call.tensor("other")
        if (first.rank, second.rank) != (one, two):
            raise RuleError(
                f"{call.name} takes tensors with {one} and {two} axes, {first.shown()} and "
                f"{second.shown()} have {first.rank} and {second.rank}",
                hint="torch.matmul takes any number of axes",
            )
        return call.run(Matmul(), first, second)

    return run


def _added(call: Call) -> object:
    """baddbmm, addmm, addmv: beta * input + alpha * (first @ second)."""
    first, second = call.tensor("batch1"), call.tensor("batch2")
    made = call.run(Matmul(), first, second)
    alpha, beta = call.number("alpha", 1.0), call.number("beta", 1.0)
    if alpha is None or beta is None:
        return call.unknown()
    made = with_number(call, made, "*", alpha) if alpha != 1.0 else made
    if beta == 0.0:
        return made
    other = call.tensor()
    other = with_number(call, other, "*", beta) if beta != 1.0 else other
    return call.run(Merge("add", keeps_batch=False), other, made)


def _einsum(call: Call) -> object:
    equation = call.get("equation")
    given = call.get("operands", [])
    operands = given if type(given) in (list, tuple) else [given]
    symbols = [Call(call.context, call.name, {"input": one}, call.at).tensor() for one in operands]
    if type(equation) is not str:
        return call.unknown()
    return call.run(Einsum(equation.replace(" ", "")), *symbols)


def _outer(call: Call) -> object:
    first, second = call.tensor(), call.tensor("other")
    column = call.run(Unsqueeze(1), first)
    return call.run(Merge("multiply", keeps_batch=False), column, second)


def _tensordot(call: Call) -> object:
    """Sums over the last axes of the first and the first of the second, or over named ones."""
    first, second = call.tensor(), call.tensor("other")
    dims = call.get("dim", 2)
    if type(dims) is int:
        ones = list(range(first.rank - dims, first.rank))
        twos = list(range(dims))
    elif type(dims) in (list, tuple) and len(dims) == 2:
        ones = [call.place(one, first.rank) for one in listed(dims[0])]
        twos = [call.place(one, second.rank) for one in listed(dims[1])]
    else:
        return call.unknown()
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = list(letters[: first.rank])
    right = list(letters[first.rank : first.rank + second.rank])
    for one, two in zip(ones, twos, strict=True):
        right[two] = left[one]
    summed = {left[one] for one in ones}
    kept = [one for one in (*left, *right) if one not in summed]
    return call.run(Einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}"), first, second)


def _chain(call: Call) -> object:
    symbols = call.tensors("operands")
    made = symbols[0]
    for one in symbols[1:]:
        made = call.run(Matmul(), made, one)
    return made


def _cdist(call: Call) -> object:
    """Distances of order 2 between more than 25 vectors are made of a matrix product."""
    one, two = call.tensor(), call.tensor("other")
    order = norm_order(call.get("p", 2.0), "p")
    mode = call.get("compute_mode") or "use_mm_for_euclid_dist_if_necessary"
    rows = [symbol.dims[-2] for symbol in (one, two) if symbol.rank > 1]
    by_product = mode == "use_mm_for_euclid_dist"
    if mode.endswith("if_necessary"):
        known = [size for size in rows if type(size) is int]
        by_product = any(size > 25 for size in known)
        if order == 2.0 and not by_product and len(known) < len(rows):
            return call.unknown()
    return call.run(CrossDistance(order, by_product and order == 2.0), one, two)


FUNCTIONS: Final = {
    "matmul": ("input other", _matmul),
    "mm": ("input other", _of_rank(2, 2)),
    "bmm": ("input other", _of_rank(3, 3)),
    "mv": ("input other", _of_rank(2, 1)),
    "dot": ("input other", _of_rank(1, 1)),
    "inner": ("input other", _of_rank(1, 1)),
    "vdot": ("input other", _of_rank(1, 1)),
    "baddbmm": ("input batch1 batch2 beta alpha", _added),
    "addmm": ("input batch1 batch2 beta alpha", _added),
    "addmv": ("input batch1 batch2 beta alpha", _added),
    "einsum": ("equation *operands", _einsum),
    "outer": ("input other", _outer),
    "ger": ("input other", _outer),
    "tensordot": ("input other dim", _tensordot),
    "multi_dot": ("operands", _chain),
    "chain_matmul": ("*operands", _chain),
    "cdist": ("input other p compute_mode", _cdist),
}
