"""Matrix products with repeated leading axes; products over named indices are in einsum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import leading, without_doubles
from convwise.kinds.contract import CONTRACTION, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach, Whole

_TRAITS = frozenset({CONTRACTION})


class _Factor(NamedTuple):
    """One operand's axes by what the product does with them; a vector has no `free` axis."""

    leading: tuple[Axis, ...]
    free: Axis | None
    summed: Axis


@dataclass(frozen=True, slots=True)
class Matmul(Kind):
    """The matrix product of the last two axes: (..., rows, n) x (..., n, columns).

    Operands: first and second, as in NumPy's and PyTorch's matmul, `@` and bmm. Leading axes are
    matched from the last and repeated where one is 1. A vector is a row as first operand and a
    column as second, and its axis is gone afterwards. `transpose_first` and `transpose_second`
    exchange the last two axes of an operand before.

    Roles: leading axes keep them, rows keep the first operand's, columns the second's unless the
    first has that role too. Columns without role take the place of the summed features or channels.

    Multiply-adds: output values x n, and as many for the gradient of each operand, also for
    products with vectors, which counters that know only matrices leave out.
    """

    name: ClassVar[str] = "matmul"
    summary: ClassVar[str] = "Multiplies the matrices in the last two axes of two tensors."

    transpose_first: bool = False
    transpose_second: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2:
            raise RuleError(f"a matrix product takes 2 inputs, {len(operands)} are given")
        one, two = self._factors(operands)
        shapes = " and ".join([describe(operand) for operand in operands])
        must.equal(
            one.summed.dim,
            two.summed.dim,
            f"{shapes} do not multiply: {{0}} and {{1}} values are summed over",
            "the first input's last axis is as long as the second's last but one",
        )
        axes = leading(one.leading, two.leading, must, "multiply")
        if one.free is not None:
            axes.append(one.free)
        axes = without_doubles(axes, set())
        if two.free is not None:
            axes.append(_columns(axes, one, two))
        return (operands[0].with_axes(axes),)

    def _factors(self, operands: Operands) -> tuple[_Factor, _Factor]:
        first = _factor(operands[0], self.transpose_first, last=True)
        return first, _factor(operands[1], self.transpose_second, last=False)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        forward = outputs[0].elements * self._factors(operands)[0].summed.dim
        return Macs(forward, forward * 2, shares=(forward, forward))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The summed axis is seen whole; axes that have lost their role are no longer tracked."""
        factors = self._factors(operands)
        made = self.outputs(operands, Must())[0].axes
        mine = factors[operand]
        found: dict[str, Reach] = dict.fromkeys(placed_roles(mine.summed), WHOLE)
        count = max(len(factor.leading) for factor in factors)
        pairs = list(zip(mine.leading[::-1], made[:count][::-1], strict=False))
        if mine.free is not None:
            pairs.append((mine.free, made[-1] if operand else made[count]))
        for axis, out in pairs:
            if axis.role != out.role:
                found.update(dict.fromkeys(placed_roles(axis), Whole(partial=True)))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        summed = product(*unmerged(self._factors(operands)[0].summed))
        return {"macs": product(*(counted_axes(outputs[0].axes) or [1])).times(summed)}

    def canonical(self, operands: Operands) -> Matmul:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        vector = tensor((8,), ("feature",))
        queries = tensor((1, 2, 5, 8), ("batch", None, "time", "feature"))
        keys = tensor((1, 2, 8, 5), ("batch", None, "feature", "time"))
        scores = tensor((1, 2, 5, 5), ("batch", None, "time", None))
        table = tensor((2, 5, 8), ("batch", "time", "feature"))
        matrix = tensor((8, 3), (None, None))
        turned = tensor((3, 8), (None, None))
        stack = tensor((4, 3, 5), (None, None, "time"))
        return (
            Example(cls(), (queries, keys)),
            Example(cls(), (scores, queries)),
            Example(cls(transpose_second=True), (queries, queries)),
            Example(cls(), (table, matrix)),
            Example(cls(transpose_second=True), (table, turned)),
            Example(cls(), (table, vector)),
            Example(cls(transpose_first=True), (table, table)),
            Example(cls(), (stack, tensor((2, 1, 5, 6), ("batch", None, None, None)))),
        )


def _factor(operand: Tensor, transposed: bool, last: bool) -> _Factor:
    """An operand whose summed axis is the last one, or the last but one."""
    if not operand.rank:
        raise RuleError(
            "a matrix product needs inputs with axes, one of them is a single number",
            hint="multiply by a number with *",
        )
    if operand.rank == 1:
        if transposed:
            raise RuleError(f"the vector {describe(operand)} cannot be transposed")
        return _Factor((), None, operand.axes[0])
    rows, columns = operand.axes[-2:]
    if last is not transposed:
        return _Factor(operand.axes[:-2], rows, columns)
    return _Factor(operand.axes[:-2], columns, rows)


def _columns(axes: list[Axis], one: _Factor, two: _Factor) -> Axis:
    """The output's last axis: the second operand's, its role free of the first's."""
    axis = two.free
    assert axis is not None
    summed = one.summed.role
    features = summed in (CHANNEL, FEATURE)
    if axis.role is None and features:
        axis = Axis(summed, axis.dim, axis.factors)
    taken = {other.role for other in (*axes, *two.leading)}
    return without_doubles([axis], taken if features else {*taken, summed})[0]
