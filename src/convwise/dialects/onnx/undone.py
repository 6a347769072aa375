"""Views that undo each other: what came out of a row is used as it was before its last view.

ONNX's recurrent operators give an axis of directions that exporters take away again.
"""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.op import Op
from convwise.dialects.onnx.patterns.table import OURS
from convwise.graph.dims import product
from convwise.graph.nodes import Value
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Permute, Unsqueeze

_VIEWS: Final = (
    *[(STANDARD, name) for name in ("Squeeze", "Transpose", "Reshape")],
    (OURS, "Flatten"),
)


def undoes(assembly: Assembly, node: NodeDef, op: Op) -> bool:
    """Give the node's output the value from before the view that it undoes."""
    if (node.domain, node.op) not in _VIEWS:
        return False
    entity = assembly.entity(node.inputs[0])
    behind = None if entity.value is None else assembly.behind.get(entity.value)
    if behind is None or not _is_inverse(assembly, node, op, *behind):
        return False
    value = behind[1]
    assembly.define_value(node.outputs[0], value, node)
    return True


def _is_inverse(assembly: Assembly, node: NodeDef, op: Op, kind: object, before: Value) -> bool:
    shape = assembly.builder.tensor(before).shape
    if node.op == "Transpose" and type(kind) is Permute:
        order = op.integers("perm") or ()
        places = [kind.order[place] for place in order if 0 <= place < len(kind.order)]
        return places == list(range(len(kind.order)))
    if node.op == "Squeeze" and type(kind) is Unsqueeze:
        given = op.input(1).constant if op.has(1) else op.integers("axes")
        rank = len(shape) + 1
        axes = [one % rank for one in given or () if type(one) is int]
        return axes == [kind.position % rank]
    if node.op == "Flatten" and type(kind) is Reshape:
        start, end, middle = op.integer("start", 1), op.integer("end", 1), op.input(0).shape
        merged = product(middle[start : end + 1])
        return (*middle[:start], merged, *middle[end + 1 :]) == shape
    if node.op == "Reshape" and type(kind) is Reshape and op.has(1):
        target = op.input(1).constant or ()
        middle = op.input(0).shape
        return _resolved(target, middle, shape) == shape
    return False


def _resolved(
    target: tuple[object, ...], middle: tuple[object, ...], wanted: tuple[object, ...]
) -> tuple[object, ...]:
    """A target with its zeros filled in; its -1, if it is the only one, from what is wanted."""
    if len(target) != len(wanted) or sum([one == -1 for one in target]) > 1:
        return ()
    found = []
    for place, one in enumerate(target):
        if one == 0:
            found.append(middle[place] if place < len(middle) else 0)
        else:
            found.append(wanted[place] if one == -1 else one)
    return tuple(found)
