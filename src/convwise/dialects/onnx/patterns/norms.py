"""Normalisations that exporters write as arithmetic, or by way of another normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.patterns.look import Look
from convwise.dialects.onnx.patterns.table import OURS


class _Root(NamedTuple):
    """sqrt(mean(x^2) + epsilon) over the last axes, from one on."""

    source: str
    axis: int
    epsilon: float


def of_quotient(look: Look, node: NodeDef) -> NodeDef | None:
    """x / sqrt(mean(x^2) + epsilon), where x may be centred before."""
    if len(node.inputs) != 2:
        return None
    root = _root(look, node.inputs[1])
    return None if root is None else _normalised(look, node, node.inputs[0], root)


def of_product(look: Look, node: NodeDef) -> NodeDef | None:
    """x * (1 / sqrt(mean(x^2) + epsilon))"""
    if len(node.inputs) != 2:
        return None
    for source, other in (node.inputs, node.inputs[::-1]):
        inverse = look.maker(other, "Reciprocal")
        root = None if inverse is None else _root(look, inverse.inputs[0])
        if root is not None:
            return _normalised(look, node, source, root)
        power = look.maker(other, "Pow")
        if power is not None and look.number(power.inputs[1]) == -0.5:
            sum_ = _sum(look, power.inputs[0])
            if sum_ is not None:
                return _normalised(look, node, source, sum_)
    return None


def _root(look: Look, name: str) -> _Root | None:
    """sqrt(mean(x^2) + epsilon)"""
    root = look.maker(name, "Sqrt")
    if root is not None:
        return _sum(look, root.inputs[0])
    power = look.maker(name, "Pow")
    if power is None or look.number(power.inputs[1]) != 0.5:
        return None
    return _sum(look, power.inputs[0])


def _sum(look: Look, name: str) -> _Root | None:
    """mean(x^2) + epsilon"""
    added = look.maker(name, "Add")
    if added is None or len(added.inputs) != 2:
        return None
    for one, two in (added.inputs, added.inputs[::-1]):
        epsilon = look.number(two)
        mean = look.maker(one, "ReduceMean")
        if epsilon is None or mean is None:
            continue
        axis = _trailing(look, mean)
        source = _squared(look, mean.inputs[0])
        if axis is not None and source:
            return _Root(source, axis, epsilon)
    return None


def _squared(look: Look, name: str) -> str:
    """The x of x^2; "" for what is no square."""
    power = look.maker(name, "Pow", "Mul")
    if power is None or len(power.inputs) != 2:
        return ""
    one, two = power.inputs
    if power.op == "Mul":
        return one if look.same(one, two) else ""
    return one if look.number(two) == 2.0 else ""


def _trailing(look: Look, mean: NodeDef) -> int | None:
    """The first of the last axes that are averaged, from the end; None for other axes."""
    shape = look.shape(mean.inputs[0])
    if shape is None or not mean.attributes.get("keepdims", 1):
        return None
    axes: Any = mean.attributes.get("axes")
    if len(mean.inputs) > 1 and mean.inputs[1]:
        given = look.entity(mean.inputs[1])
        axes = None if given is None or given.known is None else given.known.values
    if not axes:
        return None
    rank = len(shape)
    places = sorted([axis % rank for axis in axes if type(axis) is int])
    last = list(range(rank - len(places), rank))
    return -len(places) if places == last and len(places) == len(axes) else None


def _normalised(look: Look, node: NodeDef, source: str, root: _Root) -> NodeDef | None:
    if not look.same(root.source, source):
        return None
    attributes = {"axis": root.axis, "epsilon": root.epsilon}
    centred = look.entity(source)
    before = None if centred is None else centred.node
    if before is not None and before.op == "Sub" and centred is not None and centred.uses in (2, 3):
        mean = look.maker(before.inputs[1], "ReduceMean")
        if mean is not None and look.same(mean.inputs[0], before.inputs[0]):
            if _trailing(look, mean) != root.axis:
                return None
            return _ours(node, "LayerNorm", before.inputs[0], attributes)
    return _ours(node, "RMSNorm", source, attributes)


def _ours(node: NodeDef, op: str, source: str, attributes: Mapping[str, Any]) -> NodeDef:
    return replace(
        node,
        op=op,
        domain=OURS,
        inputs=(source,),
        attributes=attributes,
        shown=_SHOWN[op],
    )


_SHOWN: Final = {
    "LayerNorm": "LayerNormalization",
    "RMSNorm": "RMSNormalization",
    "GroupNorm": "GroupNormalization",
}


def of_groups(look: Look, node: NodeDef) -> NodeDef | None:
    """Groups of channels laid out as channels, normalised one by one, and laid out again."""
    inner = look.maker(node.inputs[0], "InstanceNorm", domain=OURS)
    split = None if inner is None else _split(look, inner.inputs[0])
    if inner is None or split is None:
        return None
    before, between = look.shape(split.inputs[0]), look.shape(inner.inputs[0])
    if before is None or between is None:
        return None
    given = look.entity(node.inputs[1]) if len(node.inputs) > 1 else None
    if given is None or given.known is None:
        return None
    target = _resolved(given.known.values, before)
    if (
        target is None
        or target != before
        or len(between) != 3
        or len(before) < 3
        or between[0] != before[0]
    ):
        return None
    groups = between[1]
    if type(groups) is not int:
        return None
    attributes = {"num_groups": groups, "epsilon": inner.attributes.get("epsilon", 1e-5)}
    made = _ours(node, "GroupNorm", split.inputs[0], attributes)
    return replace(made, name=inner.name)


def _split(look: Look, name: str) -> NodeDef | None:
    """A Reshape, also where it only lays axes out as one."""
    return look.maker(name, "Reshape") or look.maker(name, "Flatten", domain=OURS)


def _resolved(target: tuple[Any, ...], before: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """A shape with its zeros, and one -1, filled in from the shape that it should be."""
    if len(target) != len(before) or sum([one == -1 for one in target]) > 1:
        return None
    pairs = zip(target, before, strict=True)
    return tuple([old if one in (0, -1) else one for one, old in pairs])


def scaled(look: Look, node: NodeDef) -> NodeDef | None:
    """The scale behind a normalisation that has none yet."""
    return _affine(look, node, 1)


def shifted(look: Look, node: NodeDef) -> NodeDef | None:
    """The shift behind a normalisation that has a scale and no shift yet."""
    return _affine(look, node, 2)


#: Ours without a scale -> what it is with one, and the axes of a scale: channels, or the last ones.
_WITH: Final = {"LayerNorm": "LayerNorm", "RMSNorm": "RMSNorm", "GroupNorm": "GroupNorm"}


def _affine(look: Look, node: NodeDef, count: int) -> NodeDef | None:
    if len(node.inputs) != 2:
        return None
    for made, weight in (node.inputs, node.inputs[::-1]):
        norm = look.maker(made, *_WITH, domain=OURS)
        shape, values = look.weight(weight), look.shape(made)
        if norm is None or shape is None or values is None or len(norm.inputs) != count:
            continue
        if count == 2 and norm.op == "RMSNorm":
            continue
        if norm.op == "GroupNorm":
            needed: tuple[Any, ...] = (values[1], *[1] * (len(values) - 2))
            fits = shape in (needed, (1, *needed))
        else:
            fits = shape == values[norm.attributes["axis"] :]
        if fits:
            return replace(norm, inputs=(*norm.inputs, weight), outputs=node.outputs)
    return None
