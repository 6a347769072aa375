"""Keras's way from a class name to a layer name: Conv2D, conv2d; MaxPooling2D, max_pooling2d."""

from __future__ import annotations

import re
from functools import cache

_WORD = re.compile("(.)([A-Z][a-z]+)")
_BORDER = re.compile("([a-z])([A-Z])")


@cache
def snake_case(name: str) -> str:
    """The same name as keras.src.utils.naming gives it."""
    return _BORDER.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()
