"""Tells MATLAB code from other code by its words; must never read it."""

from __future__ import annotations

from typing import Final

from convwise.dialects.matlab.table.index import NAMES

_GRAPHS: Final = ("layerGraph(", "dlnetwork(", "connectLayers(", "addLayers(")


def is_matlab(text: str) -> bool:
    """Whether a text is MATLAB code of a network: it calls one of its layer functions."""
    if "Layer" not in text and not any(word in text for word in _GRAPHS):
        return False
    return any(name in text for name in (*NAMES, *_GRAPHS))
