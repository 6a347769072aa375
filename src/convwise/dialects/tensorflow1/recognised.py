"""Tells TensorFlow 1 code from other code by its words; must never read it."""

from __future__ import annotations

from typing import Final

_WORDS: Final = ("tf.placeholder(", "tf.get_variable(", "tf.Session(", "tf.layers.", "tf.contrib.")


def is_tensorflow1(text: str) -> bool:
    """Whether a text is such code."""
    return any(word in text for word in _WORDS)
