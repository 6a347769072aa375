"""Lists of tensors: what exporters split into one, and take from it at known places.

Must never read a list whose length or places the network decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.entities import Entity
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.operators import read_node
from convwise.graph.axes import UNKNOWN_TENSOR
from convwise.graph.dims import Dim, ceil_div

#: More parts than layers have.
_MOST: Final = 10_000


def read_sequence(assembly: Assembly, node: NodeDef) -> bool:
    """Read a node that makes, takes apart or joins a list; False for any other."""
    read = _READ.get(node.op) if node.domain == STANDARD else None
    if read is None or not node.outputs[0] or not all(node.inputs):
        return False
    return bool(node.inputs or node.op == "SequenceEmpty") and read(assembly, node)


def _define(assembly: Assembly, node: NodeDef, items: list[Entity]) -> bool:
    entity = Entity(node.outputs[0], UNKNOWN_TENSOR)
    entity.items = tuple(items)
    assembly.define(node.outputs[0], entity, node.label)
    return True


def _split(assembly: Assembly, node: NodeDef) -> bool:
    """SplitToSequence is a Split with as many outputs as there are parts."""
    source = assembly.entity(node.inputs[0]).tensor
    axis = node.attributes.get("axis", 0)
    if not source.known or type(axis) is not int or not -source.rank <= axis < source.rank:
        return False
    keep = node.attributes.get("keepdims", 1)
    sizes = _parts(assembly, node, source.shape[axis])
    if sizes is None or not keep or not 0 < len(sizes) <= _MOST:
        return False
    names = [f"{node.outputs[0]}/{place}" for place in range(len(sizes))]
    given = f"{node.outputs[0]}/sizes"
    assembly.define_sizes(given, tuple(sizes), node.label)
    if len(sizes) == 1:
        return _define(assembly, node, [assembly.entity(node.inputs[0])])
    read_node(
        assembly,
        replace(
            node,
            op="Split",
            inputs=(node.inputs[0], given),
            outputs=tuple(names),
            attributes={"axis": axis},
            version=13,
        ),
    )
    return _define(assembly, node, [assembly.entity(name) for name in names])


def _parts(assembly: Assembly, node: NodeDef, size: Dim) -> list[Dim] | None:
    """The sizes of the parts; None where they are not known."""
    name = node.inputs[1] if len(node.inputs) > 1 else ""
    if not name:
        return [1] * size if type(size) is int and size <= _MOST else None
    known = assembly.entity(name).known
    if known is None or any(type(one) is not int for one in known.values):
        return None
    told = [one for one in known.values if type(one) is int]
    if known.shape:
        return [*told] if sum(told) == size else None
    if type(size) is not int or told[0] < 1 or ceil_div(size, told[0]) > _MOST:  # type: ignore[operator]
        return None
    return [min(told[0], size - start) for start in range(0, size, told[0])]


def _at(assembly: Assembly, node: NodeDef) -> bool:
    if len(node.inputs) != 2:
        return False
    items = assembly.entity(node.inputs[0]).items
    known = assembly.entity(node.inputs[1]).known
    place = known.values[0] if known is not None and len(known.values) == 1 else None
    if items is None or type(place) is not int or not -len(items) <= place < len(items):
        return False
    assembly.define(node.outputs[0], items[place], node.label)
    return True


def _construct(assembly: Assembly, node: NodeDef) -> bool:
    return _define(assembly, node, [assembly.entity(name) for name in node.inputs])


def _insert(assembly: Assembly, node: NodeDef) -> bool:
    """Only at the end."""
    items = assembly.entity(node.inputs[0]).items
    if items is None or len(node.inputs) != 2 or len(items) > _MOST:
        return False
    return _define(assembly, node, [*items, assembly.entity(node.inputs[1])])


def _join(assembly: Assembly, node: NodeDef) -> bool:
    """ConcatFromSequence is a Concat of the list's tensors."""
    items = assembly.entity(node.inputs[0]).items
    if not items or node.attributes.get("new_axis", 0):
        return False
    names = []
    for place, item in enumerate(items):
        names.append(f"{node.outputs[0]}/{place}")
        assembly.define(names[-1], item, node.label)
    attributes = {"axis": node.attributes.get("axis", 0)}
    read_node(assembly, replace(node, op="Concat", inputs=tuple(names), attributes=attributes))
    return True


def _length(assembly: Assembly, node: NodeDef) -> bool:
    items = assembly.entity(node.inputs[0]).items
    if items is None:
        return False
    assembly.define_sizes(node.outputs[0], (len(items),), node.label, alone=True)
    return True


_READ: Final = {
    "SplitToSequence": _split,
    "SequenceAt": _at,
    "SequenceConstruct": _construct,
    "SequenceEmpty": _construct,
    "SequenceInsert": _insert,
    "ConcatFromSequence": _join,
    "SequenceLength": _length,
}
