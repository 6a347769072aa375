"""Slices, reversals and stacks that exporters write with several operators."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.patterns.look import Look
from convwise.dialects.onnx.patterns.table import OURS

Ints = tuple[int, ...]

#: Ends before this mean "from the first on", when counting backwards.
_FAR: Final = -(1 << 31) + 1


def _ints(look: Look, node: NodeDef, place: int, default: Ints | None) -> Ints | None:
    """The values of an input that are known as plain numbers."""
    if place >= len(node.inputs) or not node.inputs[place]:
        return default
    given = look.entity(node.inputs[place])
    if given is None or given.known is None:
        return None
    found = tuple([one for one in given.known.values if type(one) is int])
    return found if len(found) == len(given.known.values) else None


def reversed_(look: Look, node: NodeDef) -> NodeDef | None:
    """A slice from the last value to the first one is a reversal."""
    if len(node.inputs) != 5:
        return None
    starts, ends, axes, steps = [_ints(look, node, place, None) for place in (1, 2, 3, 4)]
    if starts is None or ends is None or not axes or steps is None:
        return None
    if set(steps) != {-1} or set(starts) != {-1} or max(ends) > _FAR:
        return None
    made = replace(node, inputs=node.inputs[:1], attributes={"axes": axes})
    return replace(made, op="Flip", domain=OURS, shown="Slice")


def sliced_again(look: Look, node: NodeDef) -> NodeDef | None:
    """A slice of a slice along other axes is one slice."""
    before = look.maker(node.inputs[0], "Slice")
    values = None if before is None else look.shape(before.inputs[0])
    if before is None or values is None:
        return None
    one, two = _cuts(look, before, len(values)), _cuts(look, node, len(values))
    if one is None or two is None or set(one) & set(two):
        return None
    cuts = {**one, **two}
    attributes = {
        "starts": tuple([cut[0] for cut in cuts.values()]),
        "ends": tuple([cut[1] for cut in cuts.values()]),
        "axes": tuple(cuts),
    }
    return replace(
        before, inputs=before.inputs[:1], attributes=attributes, version=9, outputs=node.outputs
    )


def _cuts(look: Look, node: NodeDef, rank: int) -> dict[int, tuple[int, int]] | None:
    """Start and end by axis; None where one is not a number, or values are left out."""
    if node.version == 9:
        found = node.attributes
        return dict(
            zip(found["axes"], zip(found["starts"], found["ends"], strict=True), strict=True)
        )
    if len(node.inputs) < 3:
        return None
    starts, ends = _ints(look, node, 1, None), _ints(look, node, 2, None)
    if starts is None or ends is None or len(starts) != len(ends):
        return None
    axes = _ints(look, node, 3, tuple(range(len(starts))))
    steps = _ints(look, node, 4, (1,) * len(starts))
    if axes is None or steps is None or set(steps) != {1} or len(axes) != len(starts):
        return None
    if any(not -rank <= axis < rank for axis in axes):
        return None
    pairs = zip(starts, ends, strict=True)
    return dict(zip([axis % rank for axis in axes], pairs, strict=True))


def stacked(look: Look, node: NodeDef) -> NodeDef | None:
    """Tensors that get a new axis each and are joined along it are stacked."""
    axis = node.attributes.get("axis")
    inputs = []
    for name in node.inputs:
        new = look.maker(name, "Unsqueeze")
        shape = look.shape(name)
        if new is None or shape is None or type(axis) is not int:
            return None
        places = new.attributes.get("axes", _ints(look, new, 1, None))
        rank = len(shape)
        if places is None or len(places) != 1 or not -rank <= axis < rank:
            return None
        if places[0] % rank != axis % rank:
            return None
        inputs.append(new.inputs[0])
    if not inputs or type(axis) is not int:
        return None
    rank = len(look.shape(node.inputs[0]) or ())
    made = replace(node, inputs=tuple(inputs), attributes={"axis": axis % rank})
    return replace(made, op="Stack", domain=OURS, shown="Concat")
