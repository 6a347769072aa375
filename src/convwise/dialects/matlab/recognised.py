"""Tells MATLAB code from other code by its words; must never read it."""

from __future__ import annotations

from typing import Final

_WORDS: Final = ("imageInputLayer(", "convolution2dLayer(", "layerGraph(", "dlnetwork(")


def is_matlab(text: str) -> bool:
    """Whether a text is such code."""
    return any(word in text for word in _WORDS)
