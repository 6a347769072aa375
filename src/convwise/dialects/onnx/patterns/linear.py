"""A bias that is added behind its layer."""

from __future__ import annotations

from dataclasses import replace

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.patterns.look import Look
from convwise.dialects.onnx.patterns.table import OURS


def with_bias(look: Look, node: NodeDef) -> NodeDef | None:
    """MatMul + Add is a dense layer, Conv + Add a convolution with a bias."""
    if len(node.inputs) != 2:
        return None
    for made, bias in (node.inputs, node.inputs[::-1]):
        shape = look.weight(bias)
        if shape is None:
            continue
        found = _dense(look, node, made, bias) or _convolution(look, node, made, bias, shape)
        if found is not None:
            return found
    return None


def _dense(look: Look, node: NodeDef, made: str, bias: str) -> NodeDef | None:
    product = look.maker(made, "MatMul")
    if product is None:
        return None
    source, kernel = product.inputs
    matrix, shape = look.weight(kernel), look.weight(bias)
    values = look.shape(source)
    if matrix is None or look.weight(source) is not None or values is None:
        return None
    if len(matrix) != 2 or len(values) < 2 or shape != matrix[1:]:
        return None
    return replace(
        product,
        op="Dense",
        domain=OURS,
        inputs=(source, kernel, bias),
        outputs=node.outputs,
        shown="MatMul + Add",
    )


def _convolution(
    look: Look, node: NodeDef, made: str, bias: str, shape: tuple[int, ...]
) -> NodeDef | None:
    """One value for each channel: (channels, 1, 1)."""
    layer = look.maker(made, "Conv", "ConvTranspose")
    values = look.shape(made)
    if layer is None or values is None or len(layer.inputs) != 2:
        return None
    needed = (values[1], *[1] * (len(values) - 2))
    if shape not in (needed, (1, *needed)):
        return None
    inputs = (*layer.inputs, bias)
    return replace(layer, inputs=inputs, outputs=node.outputs, shown=f"{layer.op} + Add")
