"""Everything a kind says about its operands, in plain values that a test can write down."""

from __future__ import annotations

from typing import NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim, product
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.kinds.windows import Reach


class Said(NamedTuple):
    """`weights` are shapes by role, `equations` the printed formulas."""

    shape: tuple[Dim, ...]
    roles: tuple[str | None, ...]
    dtype: str
    weights: dict[str, tuple[Dim, ...]]
    parameters: Dim
    trainable: Dim
    macs: Dim
    elementwise_ops: Dim
    kept: list[str]
    kept_extra: Dim
    reach: dict[str, Reach]
    dropped: dict[str, Dim]
    equations: dict[str, str]


def ask(kind: Kind, *operands: Tensor) -> Said:
    """All answers; raises RuleError where `outputs` does."""
    outputs = kind.outputs(operands, Must())
    weights = kind.weights(operands)
    sizes = {weight.role: tuple(dim for _, dim in weight.axes) for weight in weights}
    kept = kind.kept(operands, outputs)
    return Said(
        shape=outputs[0].shape,
        roles=outputs[0].roles,
        dtype=outputs[0].dtype,
        weights=sizes,
        parameters=sum((product(shape) for shape in sizes.values()), 0),
        trainable=sum((product(sizes[w.role]) for w in weights if w.trainable), 0),
        macs=kind.macs(operands, outputs).forward,
        elementwise_ops=kind.elementwise_ops(operands, outputs),
        kept=[entry.what for entry in kept],
        kept_extra=sum((entry.elements for entry in kept), 0),
        reach=dict(kind.reach(operands, 0)),
        dropped=dict(kind.dropped(operands)),
        equations={
            key: formula.equation() for key, formula in kind.formulas(operands, outputs).items()
        },
    )


def refusal(kind: Kind, *operands: Tensor) -> RuleError:
    """The error with which a kind refuses its operands."""
    try:
        kind.outputs(operands, Must())
    except RuleError as error:
        return error
    raise AssertionError(f"{kind} accepts its operands")
