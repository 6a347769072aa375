"""Recurrent layers whose input has its batch first: ONNX wants steps first, exporters transpose.

The layer sees its input as it was before, and its sequence is put in ONNX's order behind it.
"""

from __future__ import annotations

from dataclasses import replace

from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.op import Built, Made, Source, Step
from convwise.dialects.onnx.patterns.look import Look
from convwise.graph.axes import BATCH, FEATURE
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.views import Permute

_RECURRENT = ("RNN", "GRU", "LSTM")
_SWAP = (1, 0, 2)


def before_transpose(look: Look, node: NodeDef) -> NodeDef | None:
    """The node on what its transposed input was before; None for any other node."""
    if node.domain != STANDARD or node.op not in _RECURRENT or not node.inputs:
        return None
    if node.attributes.get("layout", 0):
        return None
    turned = look.maker(node.inputs[0], "Transpose")
    if turned is None or turned.attributes.get("perm") != _SWAP:
        return None
    return replace(node, inputs=(turned.inputs[0], *node.inputs[1:]))


def swapped(built: Built) -> Built | None:
    """The same operations on an input with its batch first; None where the first is no layer."""
    if not built.steps or type(built.steps[0].kind) is not Recurrent:
        return None
    first = built.steps[0]
    views = ((BATCH, "time", FEATURE), *first.views[1:])
    turned = Step(Permute(_SWAP), (Made(0),))
    rest = [replace_operands(step) for step in built.steps[1:]]
    outputs = built.outputs
    if outputs is None:
        return None
    return Built(
        (first._replace(views=views), turned, *rest),
        built.weights,
        tuple([None if one is None else _shifted(one) for one in outputs]),
    )


def replace_operands(step: Step) -> Step:
    return step._replace(operands=tuple([_shifted(one) for one in step.operands]))


def _shifted(source: Source) -> Source:
    """Behind the new step; the sequence is the transposed one."""
    if type(source) is not Made:
        return source
    if source == Made(0):
        return Made(1)
    return source if source.step == 0 else Made(source.step + 1, source.output)
