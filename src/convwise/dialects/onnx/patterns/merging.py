"""Reshapes that only lay neighbouring axes out as one."""

from __future__ import annotations

from dataclasses import replace

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.op import Number
from convwise.dialects.onnx.patterns.look import Look
from convwise.dialects.onnx.patterns.table import OURS
from convwise.graph.dims import Dim, product


def merged(look: Look, node: NodeDef) -> NodeDef | None:
    """The flatten that a Reshape is, batch apart."""
    if len(node.inputs) != 2:
        return None
    source, given = look.shape(node.inputs[0]), look.entity(node.inputs[1])
    if source is None or given is None or given.known is None:
        return None
    target = _sizes(given.known.values, source)
    gone = len(source) - len(target or source)
    if target is None or gone < 1 or len(target) < 2 or source[0] != target[0]:
        return None
    start = 1
    while start < len(target) - 1 and source[start] == target[start]:
        start += 1
    end = start + gone
    if source[end + 1 :] != target[start + 1 :]:
        return None
    if target[start] not in (-1, product(source[start : end + 1])):
        return None
    attributes = {"start": start, "end": end}
    return replace(node, op="Flatten", domain=OURS, attributes=attributes, shown="Reshape")


def _sizes(values: tuple[Number, ...], source: tuple[Dim, ...]) -> tuple[Dim, ...] | None:
    """The sizes that are asked for, those of 0 filled in."""
    found: list[Dim] = []
    for place, one in enumerate(values):
        if type(one) is float or type(one) is bool:
            return None
        if type(one) is int and one == 0 and place < len(source):
            found.append(source[place])
        else:
            found.append(one)  # type: ignore[arg-type]
    return tuple(found)
