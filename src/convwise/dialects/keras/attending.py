"""How Keras's attention layers are called on several tensors, and what they return; no kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from convwise.dialects.keras.recurrences import enough
from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import Arguments
from convwise.errors import RuleError

#: What a call takes after the query, in order; the masks of padding change no count.
_PROJECTED: Final = (
    "value",
    "key",
    "query_mask",
    "value_mask",
    "key_mask",
    "attention_mask",
    "return_attention_scores",
    "training",
    "use_causal_mask",
)
_LISTED: Final = ("mask", "training", "return_attention_scores", "use_causal_mask")
_OPTIONS: Final = ("return_attention_scores", "use_causal_mask")


def _given(names: Sequence[str], rest: Sequence[object], kwargs: Arguments) -> Arguments:
    return {**dict(zip(names, rest, strict=False)), **kwargs}


def _options(found: Arguments) -> Arguments:
    return {name: flag(found.get(name, False), name) for name in _OPTIONS}


def options_of_projected(rest: Sequence[object], kwargs: Arguments) -> Arguments:
    """Flags of `layer(query, value, ...)`."""
    return _options(_given(_PROJECTED, rest, kwargs))


def options_of_listed(rest: Sequence[object], kwargs: Arguments) -> Arguments:
    """Flags of `layer([query, value], ...)`."""
    return _options(_given(_LISTED, rest, kwargs))


def projected(inputs: object, rest: Sequence[object], kwargs: Arguments) -> list[object]:
    """`layer(query, value, key=None, attention_mask=None)`: query, key, value and the mask."""
    from convwise.dialects.keras.symbols import Symbol

    found = _given(_PROJECTED, rest, kwargs)
    value = found.get("value")
    if value is None:
        raise RuleError(
            "attention is called on a query without a value",
            hint="call it on two tensors: layer(x, x) is self-attention",
        )
    key = found.get("key")
    tensors = [inputs, value if key is None else key, value]
    mask = found.get("attention_mask")
    return [*tensors, mask] if type(mask) is Symbol else tensors


def listed(inputs: object, rest: Sequence[object], kwargs: Arguments) -> list[object]:
    """`layer([query, value])` or `layer([query, value, key])`: query, key, value."""
    if isinstance(inputs, (list, tuple)) and len(inputs) in (2, 3):
        return [inputs[0], inputs[-1] if len(inputs) == 3 else inputs[1], inputs[1]]
    raise RuleError(
        "attention needs a list of a query and a value",
        hint="layer([query, value]), or layer([query, value, key])",
    )


def with_scores(arguments: Arguments, made: list[Any]) -> object:
    """One tensor, or a tuple of it and the attention scores."""
    if arguments.get("return_attention_scores"):
        return tuple(enough(made, 2))
    return made[0]
