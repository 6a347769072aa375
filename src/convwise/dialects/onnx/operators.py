"""Reads one node of an ONNX graph: what is known without running, what the table says, or unknown.

Must never hold what an operator means, but for those that only give a value another name.
"""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.batch_first import before_transpose, swapped
from convwise.dialects.onnx.entities import Entity, of_known
from convwise.dialects.onnx.folding.index import folded
from convwise.dialects.onnx.meaning import meaning
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.neutral import without_neutral
from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.patterns.index import recognised
from convwise.dialects.onnx.patterns.look import Look
from convwise.dialects.onnx.still import holds_weight, stays_still
from convwise.dialects.onnx.stored import element_type
from convwise.dialects.onnx.undone import undoes
from convwise.errors import ConvwiseError
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
    if holds_weight(assembly, node):
        return
    op = assembly.op_of(node, node.op in _KEEPS_STATISTICS)
    known = folded(op)
    if known is not None:
        for name, one in zip(node.outputs, known, strict=False):
            if name:
                assembly.define(name, of_known(name, one), node.label)
        return
    if _renamed(assembly, node, op) or stays_still(assembly, node, op):
        return
    better = recognised(Look(assembly), without_neutral(assembly, node))
    if better is not node:
        node, op = better, assembly.op_of(better)
    if undoes(assembly, node, op):
        return
    for place, found in enumerate(computed(assembly, node, op)):
        name = node.outputs[place] if place < len(node.outputs) else ""
        if not name:
            continue
        if type(found) is Value:
            assembly.define_value(name, found, node)
        elif type(found) is Entity:
            assembly.define(name, found, node.label)


def _renamed(assembly: Assembly, node: NodeDef, op: Op) -> bool:
    """A value under another name; some exporters name an output as the input that it is."""
    if node.domain != STANDARD or not node.inputs or not _changes_nothing(op):
        return False
    before = assembly.entity(node.inputs[0])
    if node.outputs[:1] != node.inputs:
        before.uses -= op.name != "Identity"
        assembly.define(node.outputs[0], before, node.label)
    return True


def _changes_nothing(op: Op) -> bool:
    if op.name == "Identity":
        return len(op.inputs) == 1
    if op.name == "CastLike" and op.has(1):
        return op.input(0).tensor.dtype == op.input(1).tensor.dtype
    return op.name == "Cast" and op.input(0).tensor.dtype == element_type(op.integer("to", 0))


def computed(assembly: Assembly, node: NodeDef, op: Op) -> list[Result]:
    """What a node gives, by the table; one unknown value for all outputs where it is not known."""
    turned = before_transpose(Look(assembly), node)
    built = meaning(node, op)
    again = swapped(built) if turned is not None and type(built) is Built else None
    if turned is not None and again is not None:
        node, built = turned, again
    if type(built) is not Built:
        value = assembly.unknown(node, built.what, told=built.told)  # type: ignore[union-attr]
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
