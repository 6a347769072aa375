"""Inputs that change nothing: biases of zeros, initial states of zeros, scales of ones.

Exporters write them where a layer has none; a node without them is the layer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.patterns.table import OURS

#: Inputs that stand for zeros when they are left out.
_ZEROS: Final[dict[str, tuple[int, ...]]] = {
    "Conv": (2,),
    "ConvTranspose": (2,),
    "Gemm": (2,),
    "RNN": (3, 5),
    "GRU": (3, 5),
    "LSTM": (3, 5, 6),
    "LayerNormalization": (2,),
}
#: Normalisations whose scale and shift cannot be left out -> ours, which have none.
_PLAIN: Final = {
    "InstanceNormalization": "InstanceNorm",
    "GroupNormalization": "GroupNorm",
    "LayerNormalization": "LayerNorm",
    "RMSNormalization": "RMSNorm",
}


def without_neutral(assembly: Assembly, node: NodeDef) -> NodeDef:
    """The node without inputs that change nothing."""
    if node.domain != STANDARD:
        return node
    gone = [place for place in _ZEROS.get(node.op, ()) if _is(assembly, node, place, 0)]
    if gone:
        inputs = ["" if place in gone else name for place, name in enumerate(node.inputs)]
        while inputs and not inputs[-1]:
            inputs.pop()
        node = replace(node, inputs=tuple(inputs))
    if node.op in _PLAIN and _is(assembly, node, 1, 1):
        has_shift = len(node.inputs) > 2 and node.inputs[2]
        if not has_shift or _is(assembly, node, 2, 0):
            node = replace(node, op=_PLAIN[node.op], domain=OURS, inputs=node.inputs[:1])
    return node


def _is(assembly: Assembly, node: NodeDef, place: int, value: int) -> bool:
    """Whether an input is made of this one value, and nothing learns it."""
    name = node.inputs[place] if place < len(node.inputs) else ""
    entity = assembly.entities.get(name)
    return entity is not None and entity.fixed and entity.fill is not None and entity.fill == value
