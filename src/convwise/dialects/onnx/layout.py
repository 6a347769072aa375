"""Tells inputs that have their channels last: exporters turn them before the first convolution.

Must never decide more than the order of an input's axes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.graph.axes import BATCH, CHANNEL
from convwise.graph.builder import Roles

#: Operators of single values, which leave the axes as they are.
_PASSES: Final = frozenset(("Cast", "Identity", "Add", "Sub", "Mul", "Div", "Clip", "Pad"))
#: Operators in a row before an input is turned: scaling, shifting, casts.
_MOST_STEPS: Final = 16

_LAST: Final[dict[int, Roles]] = {
    4: (BATCH, "height", "width", CHANNEL),
    5: (BATCH, "depth", "height", "width", CHANNEL),
}


def channels_last(nodes: Iterable[NodeDef], ranks: dict[str, int]) -> dict[str, Roles]:
    """The roles of those inputs of images whose channels the network moves to the second place."""
    takers: dict[str, list[NodeDef]] = {}
    for node in nodes:
        for name in node.inputs:
            takers.setdefault(name, []).append(node)
    found = {}
    for name, rank in ranks.items():
        if rank in _LAST and _is_turned(name, (0, rank - 1, *range(1, rank - 1)), takers):
            found[name] = _LAST[rank]
    return found


def _is_turned(name: str, order: tuple[int, ...], takers: dict[str, list[NodeDef]]) -> bool:
    """Whether the one operator that takes an input, single values apart, is this transpose."""
    for _ in range(_MOST_STEPS):
        after = [one for one in takers.get(name, ()) if one.op not in ("Shape", "Size")]
        if len(after) != 1 or after[0].domain != STANDARD:
            return False
        [node] = after
        if node.op == "Transpose":
            return node.attributes.get("perm") == order
        if node.op not in _PASSES or not node.outputs:
            return False
        name = node.outputs[0]
    return False
