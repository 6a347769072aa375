"""Tells MATLAB code from other code by its words; must never read it."""

from __future__ import annotations

import re
from typing import Final

from convwise.dialects.matlab.table.index import NAMES

_GRAPHS: Final = ("layerGraph(", "dlnetwork(", "connectLayers(", "addLayers(")
_WORD: Final = re.compile(r"(?<![\w.])[A-Za-z]\w*Layer\b")
_VARIABLE: Final = re.compile(r"(?<![\w.])([A-Za-z]\w*Layer)[ \t]*=[^=]")
_PYTHON: Final = re.compile(
    r"^[ \t]*(?:import[ \t]+[\w.]+[ \t]*(?:as\b|,|;|#|$)|from[ \t]+[\w.]+[ \t]+import\b"
    r"|(?:def|class)[ \t]+\w[^\n]*:[ \t]*$)",
    re.MULTILINE,
)


def is_matlab(text: str) -> bool:
    """Whether a text is MATLAB code of a network: it calls one of its layer functions.

    Code with Python's imports, functions or classes is not, whatever its variables are called.
    """
    if "Layer" not in text and not any(word in text for word in _GRAPHS):
        return False
    if _PYTHON.search(text):
        return False
    if any(word in text for word in _GRAPHS):
        return True
    called = set(_WORD.findall(text)) - set(_VARIABLE.findall(text))
    return not called.isdisjoint(NAMES)
