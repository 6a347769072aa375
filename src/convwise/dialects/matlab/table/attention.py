"""MATLAB's attention layers; channels of keys and values are those of all heads together."""

from __future__ import annotations

from typing import Final

from convwise.dialects.matlab.table.entry import Entry, Ports
from convwise.dialects.matlab.table.values import auto, count, flag, learned, number, share, word
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.errors import RuleError
from convwise.kinds.attention import Attention
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.source import Unknown

#: The weights of the projections, by the kind's roles.
_NAMES: Final = {
    f"{role}_{weight}": f"{name}{word_}"
    for role, name in (
        ("query", "Query"),
        ("key", "Key"),
        ("value", "Value"),
        ("output", "Output"),
    )
    for weight, word_ in (("kernel", "Weights"), ("bias", "Bias"))
}


def _self_attention(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    heads, keys = arguments["NumHeads"], arguments["NumKeyChannels"]
    values = arguments["NumValueChannels"] or keys
    out = arguments["OutputSize"]
    kind = MultiHeadAttention(
        heads,
        keys // heads,
        values // heads,
        None if out is None else (out,),
        causal=arguments["AttentionMask"] == "causal",
        dropout=arguments["DropoutProbability"],
        returns_weights="heads" if arguments["HasScoresOutput"] else None,
    )
    if arguments["HasPaddingMaskInput"]:
        return (Part(Unknown("selfAttentionLayer with a padding mask")),)
    return (Part(kind),)


def _attention(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """No projections: several heads are parts of the channels."""
    if arguments["NumHeads"] > 1 or arguments["HasPaddingMaskInput"]:
        return (Part(Unknown("attentionLayer of several heads or with a padding mask")),)
    scale = arguments["Scale"]
    kind = Attention(
        arguments["AttentionMask"] == "causal",
        scale,
        arguments["DropoutProbability"],
        returns_weights=arguments["HasScoresOutput"],
    )
    return (Part(kind),)


def _agree(arguments: Arguments) -> None:
    """RuleError unless every head gets as many channels."""
    heads = arguments["NumHeads"]
    for name in ("NumKeyChannels", "NumValueChannels"):
        if arguments[name] is not None and arguments[name] % heads:
            raise RuleError(
                f"{arguments[name]} {name} do not split into {heads} heads",
                hint=f"{name} must be a multiple of NumHeads",
            )


def _outputs(arguments: Arguments) -> tuple[str, ...]:
    return ("out", "scores") if arguments["HasScoresOutput"] else ("out",)


def _inputs(*names: str) -> Ports:
    def ports(arguments: Arguments) -> tuple[str, ...]:
        return (*names, "mask") if arguments["HasPaddingMaskInput"] else names

    return ports


def _three(arguments: Arguments) -> tuple[int, ...]:
    """Query, key and value are one and the same."""
    return (0, 0, 0)


_MASKS = (
    Parameter("HasPaddingMaskInput", False, flag),
    Parameter("AttentionMask", "none", word("none", "causal")),
    Parameter("DropoutProbability", 0.0, share),
    Parameter("HasScoresOutput", False, flag),
)
_ROLES = ("Query", "Key", "Value", "Output")

ENTRIES = (
    Entry(
        "selfAttentionLayer",
        (
            Parameter("NumHeads", REQUIRED, count),
            Parameter("NumKeyChannels", REQUIRED, count),
            Parameter("NumValueChannels", None, auto(count)),
            Parameter("OutputSize", None, auto(count)),
            *_MASKS,
            *learned(*[f"{role}{one}" for one in ("Weights", "Bias") for role in _ROLES]),
        ),
        _self_attention,
        "selfattention",
        2,
        ports=_inputs("in"),
        outputs=_outputs,
        feeds=_three,
        names=_NAMES,
        agree=_agree,
    ),
    Entry(
        "attentionLayer",
        (Parameter("NumHeads", REQUIRED, count), Parameter("Scale", None, auto(number)), *_MASKS),
        _attention,
        "attention",
        1,
        ports=_inputs("query", "key", "value"),
        outputs=_outputs,
    ),
)
