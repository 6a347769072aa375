"""Graphs inside of nodes: a branch whose condition is known is read, loops are not run.

Must never guess which branch is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.model import STANDARD, Listing, NodeDef
from convwise.errors import ConvwiseError, ReadError

_CONTROL: Final = ("If", "Loop", "Scan", "SequenceMap")

Read = Callable[[Assembly, Listing], None]


def is_control(node: NodeDef) -> bool:
    """Whether a node holds graphs of its own."""
    return node.domain == STANDARD and node.op in _CONTROL


def read_control(assembly: Assembly, node: NodeDef, read: Read) -> None:
    """Give the node's outputs their meaning; `read` reads the nodes of a graph."""
    try:
        branch = _branch(assembly, node)
        if branch is None:
            value = assembly.unknown(node, f"what {node.op} does", _weights(assembly, node))
            for name in node.outputs:
                if name:
                    assembly.define_value(name, value, node)
            return
        _take(assembly, node, branch, read)
    except ConvwiseError as error:
        raise error.at(layer=node.label) from None


def _branch(assembly: Assembly, node: NodeDef) -> Listing | None:
    """The branch that is always taken; None where the network decides while it runs."""
    if node.op != "If" or not node.inputs:
        return None
    known = assembly.entity(node.inputs[0]).known
    if known is None or len(known.values) != 1 or type(known.values[0]) not in (bool, int):
        return None
    found = node.attributes.get("then_branch" if known.values[0] else "else_branch")
    if type(found) is not Listing:
        raise ReadError("If has no graph for one of its cases", hint="export the model again")
    return found


def _take(assembly: Assembly, node: NodeDef, branch: Listing, read: Read) -> None:
    """Read a branch in the place of its node. Both branches may use the same names."""
    assembly.add_initializers(branch.initializers, branch.origins)
    read(assembly, branch)
    for inner, outer in zip(branch.outputs, node.outputs, strict=False):
        if outer:
            assembly.define(outer, assembly.entity(inner.name), node.label)


def _weights(assembly: Assembly, node: NodeDef) -> list[str]:
    """The outer values and the weights that the inner graphs take."""
    found: list[str] = []
    for listing in _graphs(node):
        for name, one in listing.initializers.items():
            if name not in assembly.entities:
                assembly.add_initializers({name: one}, listing.origins)
            found.append(name)
        for inner in listing.nodes:
            found.extend([name for name in inner.inputs if name in assembly.entities])
    return found


def _graphs(node: NodeDef) -> Iterator[Listing]:
    """All graphs inside of a node, from the outside in."""
    waiting = [node]
    while waiting:
        for value in waiting.pop().attributes.values():
            if type(value) is Listing:
                yield value
                waiting.extend([one for one in value.nodes if is_control(one)])
