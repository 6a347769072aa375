"""Products of matrices and sums over named indices."""

from __future__ import annotations

from convwise.dialects.onnx.op import Built, Held, Op, Source
from convwise.dialects.onnx.table.entry import Entry, Plan, given, is_weight, one, tensor
from convwise.errors import RuleError
from convwise.graph.axes import describe
from convwise.kinds.dense import Dense
from convwise.kinds.einsum import Einsum
from convwise.kinds.matmul import Matmul
from convwise.kinds.merge import Merge
from convwise.kinds.unary import Unary


def _matmul(op: Op) -> Built:
    """A product with a matrix of the file is a dense layer without bias."""
    first, second = tensor(op), tensor(op, 1)
    units = second.shape[1] if second.rank == 2 else None
    if is_weight(op, 1) and not is_weight(op, 0) and type(units) is int and first.rank > 1:
        _must_agree(op, first.shape[-1], second.shape[0])
        return one(Dense(units, False), 0, weights={"kernel": Held(1, ("in", "out"))})
    return one(Matmul(), 0, 1)


def _must_agree(op: Op, one_size: object, other: object) -> None:
    if type(one_size) is int and one_size != other:
        shapes = " and ".join([describe(tensor(op, place)) for place in (0, 1)])
        raise RuleError(
            f"{op.name} of {shapes} sums over {one_size} and {other} values",
            hint="is an input of another shape meant?",
        )


def _gemm(op: Op) -> Built:
    """alpha A B + beta C; with weights from the file and no factors a dense layer."""
    if any(tensor(op, place).rank != 2 for place in (0, 1)):
        shapes = " and ".join([describe(tensor(op, place)) for place in (0, 1)])
        raise RuleError(f"Gemm takes matrices, found {shapes}", hint="MatMul takes any axes")
    alpha, beta = float(op.number("alpha", 1.0)), float(op.number("beta", 1.0))
    turned = [bool(op.integer(name, 0)) for name in ("transA", "transB")]
    added = op.has(2) and beta != 0.0
    units = tensor(op, 1).shape[0 if turned[1] else 1]
    names = ("out", "in") if turned[1] else ("in", "out")
    dense = is_weight(op, 1) and not turned[0] and not is_weight(op, 0) and type(units) is int
    plan = Plan()
    made: Source
    held: dict[str, Held] = {}
    if dense and type(units) is int:
        _must_agree(op, tensor(op).shape[1], tensor(op, 1).shape[names.index("in")])
        held["kernel"] = Held(1, names)
        if added and alpha == beta == 1.0 and _is_bias(op, units):
            return one(Dense(units, True), 0, weights={**held, "bias": Held(2)})
        made = plan.add(Dense(units, False), 0)
    else:
        made = plan.add(Matmul(*turned), 0, 1)
    made = plan.through(made, [Unary("scale", (alpha,))] if alpha != 1.0 else [])
    if added:
        other = plan.through(2, [Unary("scale", (beta,))] if beta != 1.0 else [])
        made = plan.add(Merge("add", False), made, other)
    return plan.built(made, weights=held)


def _is_bias(op: Op, units: int) -> bool:
    return is_weight(op, 2) and tensor(op, 2).shape == (units,)


def _einsum(op: Op) -> Built:
    equation = op.text("equation", "").replace(" ", "")
    return one(Einsum(equation), *given(op))


ENTRIES = (Entry("MatMul", _matmul), Entry("Gemm", _gemm), Entry("Einsum", _einsum))
