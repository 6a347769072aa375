"""PyTorch's multi-head attention: packed projections, time first unless batch_first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import BIAS, STORED, count, optional, share
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Tensor, tensor
from convwise.graph.builder import Roles
from convwise.kinds.multi_head import MultiHeadAttention

_NAMES: Final = {
    "input_kernel": "in_proj_weight",
    "input_bias": "in_proj_bias",
    "query_kernel": "q_proj_weight",
    "key_kernel": "k_proj_weight",
    "value_kernel": "v_proj_weight",
    "extra_key": "bias_k",
    "extra_value": "bias_v",
    "output_kernel": "out_proj.weight",
    "output_bias": "out_proj.bias",
}


def _agree(arguments: Arguments) -> None:
    width, heads = arguments["embed_dim"], arguments["num_heads"]
    if width % heads:
        raise RuleError(
            f"embed_dim={width} does not split into num_heads={heads}",
            hint="num_heads must divide embed_dim",
        )


def _sizes(arguments: Arguments) -> tuple[int, int, int]:
    """Features of queries, keys and values."""
    width = arguments["embed_dim"]
    return width, arguments["kdim"] or width, arguments["vdim"] or width


def _roles(arguments: Arguments, inputs: Inputs) -> Roles:
    if inputs and inputs[0].rank == 2:
        return ("time", FEATURE)
    return (BATCH, "time", FEATURE) if arguments["batch_first"] else ("time", BATCH, FEATURE)


def _parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    width, heads = arguments["embed_dim"], arguments["num_heads"]
    returns = None
    if arguments.get("need_weights", True):
        returns = "average" if arguments.get("average_attn_weights", True) else "heads"
    masked = "attn_mask" in arguments.get("given", ())
    kind = MultiHeadAttention(
        heads,
        width // heads,
        out=(width,),
        bias=arguments["bias"],
        layout="packed" if set(_sizes(arguments)) == {width} else "separate",
        extra_key=arguments["add_bias_kv"],
        zero_key=arguments["add_zero_attn"],
        causal=bool(arguments.get("is_causal")) and not masked,
        dropout=float(arguments["dropout"]),
        returns_weights=returns,
    )
    roles = _roles(arguments, inputs)
    return (Part(kind, (roles, roles, roles, *[None] * (len(inputs) - 3))),)


def _expects(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("embed_dim", arguments["embed_dim"], -1, "features"),)


def _sees(arguments: Arguments) -> tuple[Tensor, ...]:
    roles = _roles(arguments, ())
    return tuple([tensor((1, 1, size), roles) for size in _sizes(arguments)])


def _with_weights(outputs: Sequence[Any], arguments: Arguments) -> Any:
    """What comes out and the attention weights; None where they are not asked for."""
    return (outputs[0], outputs[1] if len(outputs) > 1 else None)


ENTRIES = (
    Entry(
        "MultiheadAttention",
        (
            Parameter("embed_dim", REQUIRED, count),
            Parameter("num_heads", REQUIRED, count),
            Parameter("dropout", 0.0, share),
            BIAS,
            Parameter("add_bias_kv", False, flag),
            Parameter("add_zero_attn", False, flag),
            Parameter("kdim", None, optional(count)),
            Parameter("vdim", None, optional(count)),
            Parameter("batch_first", False, flag),
            *STORED,
        ),
        _parts,
        tensors=("query", "key", "value", "key_padding_mask", "attn_mask"),
        options=(
            Parameter("need_weights", True),
            Parameter("average_attn_weights", True),
            Parameter("is_causal", False),
        ),
        order=(
            "query",
            "key",
            "value",
            "key_padding_mask",
            "need_weights",
            "attn_mask",
            "average_attn_weights",
            "is_causal",
        ),
        agree=_agree,
        expects=_expects,
        sees=_sees,
        result=_with_weights,
        names=_NAMES,
    ),
)
