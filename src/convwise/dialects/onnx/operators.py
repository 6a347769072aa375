"""Reads one node of an ONNX graph: what is known without running, what the table says, or unknown.

Must never hold what an operator means, but for those that only give a value another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.entities import Entity, of_known, turned
from convwise.dialects.onnx.folding.index import folded
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.op import Built, Op, Operand, Unclear
from convwise.dialects.onnx.patterns.table import pattern_of
from convwise.dialects.onnx.table.index import entry_of
from convwise.errors import ConvwiseError
from convwise.graph.axes import describe
from convwise.graph.nodes import Value

#: Operators whose buffers are weights: moving means and variances.
_KEEPS_STATISTICS: Final = ("BatchNormalization",)

#: What a name stands for, or what a node gives.
Result = Value | Entity | None


def read_node(assembly: Assembly, node: NodeDef) -> None:
    """Give a node's outputs their meaning. Raises ConvwiseError with the node's name."""
    try:
        _read(assembly, node)
    except ConvwiseError as error:
        raise error.at(layer=node.label) from None


def _read(assembly: Assembly, node: NodeDef) -> None:
    op = assembly.op_of(node, node.op in _KEEPS_STATISTICS)
    known = folded(op)
    if known is not None:
        for name, one in zip(node.outputs, known, strict=False):
            if name:
                assembly.define(name, of_known(name, one), node.label)
        return
    if _renamed(assembly, node, op):
        return
    for place, found in enumerate(computed(assembly, node, op)):
        name = node.outputs[place] if place < len(node.outputs) else ""
        if not name:
            continue
        if type(found) is Value:
            assembly.define_value(name, found, node.label)
        elif type(found) is Entity:
            assembly.define(name, found, node.label)


def _renamed(assembly: Assembly, node: NodeDef, op: Op) -> bool:
    """A weight under another name, or with its axes in another order, is still that weight."""
    if node.domain != STANDARD or node.op not in ("Identity", "Transpose") or not node.inputs[:1]:
        return False
    before = assembly.entity(node.inputs[0])
    if node.op == "Identity":
        assembly.define(node.outputs[0], before, node.label)
        return True
    if before.held is None or not before.learned:
        return False
    rank = len(before.held.shape)
    order = op.integers("perm") or tuple(range(rank))[::-1]
    if sorted(order) != list(range(rank)):
        return False
    held = turned(before.held, order)
    flat = before.tensor.with_axes([before.tensor.axes[place] for place in order])
    entity = Entity(node.outputs[0], flat, held=held, learned=True, made_by=node)
    assembly.define(node.outputs[0], entity, node.label)
    return True


def computed(assembly: Assembly, node: NodeDef, op: Op) -> list[Result]:
    """What a node gives, by the table; one unknown value for all outputs where it is not known."""
    built = _built(node, op)
    if type(built) is not Built:
        value = assembly.unknown(node, built.what)  # type: ignore[union-attr]
        return [value] * len(node.outputs)
    made = assembly.run(node, built.steps, built.weights)
    if built.outputs is None:
        found: list[Result] = [*made[-1]]
    else:
        found = []
        for source in built.outputs:
            if type(source) is int:
                found.append(assembly.entity(node.inputs[source]))
            else:
                found.append(None if source is None else assembly.source(node, source, made))
    return _complete(assembly, node, found)


def _complete(assembly: Assembly, node: NodeDef, found: list[Result]) -> list[Result]:
    """Outputs that the table does not give are unknown, where something takes them."""
    found.extend([None] * (len(node.outputs) - len(found)))
    for place, name in enumerate(node.outputs):
        if name and found[place] is None:
            found[place] = assembly.unknown(node, f"output {place} of {node.op}")
    return found


def _built(node: NodeDef, op: Op) -> Built | Unclear:
    if any(one is not None and not one.tensor.known for one in op.inputs):
        return Unclear(f"{op.name} behind an unknown operation")
    made = pattern_of(node) or entry_of(op.domain, op.name)
    if made is None:
        full = f"{op.domain}.{op.name}" if op.domain else op.name
        return Unclear(f"the operator {full} is not known")
    try:
        return made.built(op)
    except ConvwiseError as error:
        raise error.at(shapes=_shapes(op.inputs)) from None


def _shapes(operands: Sequence[Operand | None]) -> list[str]:
    return [describe(one.tensor) for one in operands if one is not None]
