"""Sizes that are known: numbers, no expressions; must never name a kind."""

from __future__ import annotations

from convwise.graph.dims import Dim


def whole(dim: Dim) -> int:
    """The number that a size is. Raises TypeError for a size that is open."""
    if isinstance(dim, int):
        return dim
    raise TypeError(f"the size {dim} is open")
