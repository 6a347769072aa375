"""Functions that multiply with, or look up in, tensors that the network holds or computes."""

from __future__ import annotations

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import number, optional, share, whole
from convwise.errors import RuleError
from convwise.kinds.attention import Attention
from convwise.kinds.given_weights import GivenDense, GivenEmbedding, GivenPReLU


def _must_have(arguments: Arguments, name: str, *tensors: str) -> None:
    for one in tensors:
        if one not in arguments["given"]:
            raise RuleError(f"{name} needs its {one}", hint=f"write {name}(x, {one})")


def _linear(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    _must_have(arguments, "linear", "weight")
    return (Part(GivenDense()),)


def _embedding(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    _must_have(arguments, "embedding", "weight")
    return (Part(GivenEmbedding()),)


def _prelu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    _must_have(arguments, "prelu", "weight")
    return (Part(GivenPReLU()),)


def _attention(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Scores are made of queries and keys; a mask is added to them."""
    _must_have(arguments, "scaled_dot_product_attention", "key", "value")
    kind = Attention(
        bool(arguments["is_causal"]),
        arguments["scale"],
        float(arguments["dropout_p"]),
        bool(arguments["enable_gqa"]),
    )
    return (Part(kind),)


ENTRIES = (
    Entry("linear", (), _linear, tensors=("input", "weight", "bias")),
    Entry(
        "embedding",
        (
            Parameter("padding_idx", None, optional(whole)),
            Parameter("max_norm", None, optional(number)),
            Parameter("norm_type", 2.0, number),
            Parameter("scale_grad_by_freq", False, flag),
            Parameter("sparse", False, flag),
        ),
        _embedding,
        tensors=("input", "weight"),
        integers=True,
    ),
    Entry("prelu", (), _prelu, tensors=("input", "weight")),
    Entry(
        "scaled_dot_product_attention",
        (
            Parameter("dropout_p", 0.0, share),
            Parameter("is_causal", False, flag),
            Parameter("scale", None, optional(number)),
            Parameter("enable_gqa", False, flag),
        ),
        _attention,
        tensors=("query", "key", "value", "attn_mask"),
    ),
)
