"""Which patterns end in which operator; must never know what one of them looks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.patterns import activations, linear, merging, norms, places
from convwise.dialects.onnx.patterns.look import Look

Pattern = Callable[[Look, NodeDef], NodeDef | None]

_ENDINGS: Final[dict[str, tuple[Pattern, ...]]] = {
    "Add": (linear.with_bias, norms.shifted),
    "Mul": (norms.scaled, norms.of_product, activations.of_product),
    "Div": (norms.of_quotient, activations.of_product),
    "Slice": (places.reversed_, places.sliced_again),
    "Concat": (places.stacked,),
    "Reshape": (norms.of_groups, merging.merged),
}


def recognised(look: Look, node: NodeDef) -> NodeDef:
    """The node itself, or the one that says what it and those before it do together."""
    if node.domain == STANDARD:
        for pattern in _ENDINGS.get(node.op, ()):
            found = pattern(look, node)
            if found is not None:
                return found
    return node
