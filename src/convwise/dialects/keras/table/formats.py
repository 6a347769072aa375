"""Where the channels are, as any version of Keras says it; must never know a layer."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.checks import choice


def data_format(value: Any, name: str) -> str | None:
    """None for Keras's setting, or where the channels are; Keras 1 wrote "tf" and "th"."""
    if value is None:
        return None
    if type(value) is str:
        value = _OLD_FORMATS.get(value, value)
    return str(_FORMATS(value, name))


_OLD_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": "channels_last"}
_FORMATS = choice("channels_last", "channels_first", lower=True)
