"""What the table says of one node; must never add anything to a graph."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.op import Built, Op, Operand, Unclear
from convwise.dialects.onnx.patterns.table import pattern_of
from convwise.dialects.onnx.table.index import entry_of
from convwise.dialects.onnx.table.unread import NOT_READ
from convwise.errors import ConvwiseError
from convwise.graph.axes import describe


def meaning(node: NodeDef, op: Op) -> Built | Unclear:
    """What the table says of a node."""
    if any(one is not None and not one.tensor.known for one in op.inputs):
        return Unclear(f"{op.name} behind an unknown operation")
    made = pattern_of(node) or entry_of(op.domain, op.name)
    if made is None:
        full = f"{op.domain}.{op.name}" if op.domain else op.name
        why = NOT_READ.get(op.name) if not op.domain else None
        return Unclear(f"the operator {full} is not known" + (f": {why}" if why else ""))
    try:
        return made.built(op)
    except ConvwiseError as error:
        raise error.at(shapes=_shapes(op.inputs)) from None


def _shapes(operands: Sequence[Operand | None]) -> list[str]:
    return [describe(one.tensor) for one in operands if one is not None]
