"""How a MultiheadAttention was made and called, from the operations that it ran."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.torch.program.group import Group, Made, NotAloneError
from convwise.dialects.torch.program.neutral import Call, Ref

_ATTENTIONS: Final = (
    "scaled_dot_product_attention",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_attention_math",
)
_ROLES: Final = (
    "in_proj_weight",
    "in_proj_bias",
    "q_proj_weight",
    "k_proj_weight",
    "v_proj_weight",
    "bias_k",
    "bias_v",
    "out_proj.weight",
    "out_proj.bias",
)
#: What stands between an input and its projection.
_THROUGH: Final = ("transpose", "permute", "unsqueeze", "clone", "contiguous")
#: What stands between a mask and where it is told what it masks.
_MASKING: Final = ("masked_fill_", "masked_fill", "zeros_like", "to", "_to_copy", "clone")


def attention(group: Group) -> Made:
    """Heads are told by the size of one, order of axes by the first transposition.

    The rate of a dropout is not told outside of training.
    """
    weights = _weights(group)
    if "out_proj.weight" not in weights:
        raise NotAloneError
    width = group.shape(weights["out_proj.weight"])[0]
    queries, keys, values = _projected(group, weights)
    arguments: dict[str, Any] = {
        "embed_dim": width,
        "num_heads": _heads(group, width),
        "bias": "in_proj_bias" in weights,
        "add_bias_kv": "bias_k" in weights,
        "add_zero_attn": _has_zeros(group),
        "batch_first": _is_batch_first(group, queries),
    }
    if "k_proj_weight" in weights:
        arguments["kdim"] = group.shape(weights["k_proj_weight"])[1]
        arguments["vdim"] = group.shape(weights["v_proj_weight"])[1]
    inputs: dict[str, Any] = {"query": queries, "key": keys, "value": values}
    inputs.update(_masks(group, {queries.name, keys.name, values.name}))
    outputs = _outputs(group, inputs)
    return Made(arguments, weights, inputs, outputs)


def _weights(group: Group) -> dict[str, str]:
    found = {}
    for name in group.parameters():
        path = f".{group.program.parameters[name]}"
        own = [role for role in _ROLES if path.endswith(f".{role}")]
        if not own:
            raise NotAloneError
        found[own[0]] = name
    return found


def _projected(group: Group, weights: dict[str, str]) -> tuple[Ref, Ref, Ref]:
    """What queries, keys and values are made of, by the projections in their order."""
    out = weights["out_proj.weight"]
    sources = []
    for call in group.calls:
        if call.name == "linear" and call.arguments.get("weight") != Ref(out):
            sources.append(group.source(call.arguments.get("input"), *_THROUGH))
    if len(sources) == 1:
        return sources[0], sources[0], sources[0]
    if len(sources) == 2:
        return sources[0], sources[1], sources[1]
    if len(sources) == 3:
        return sources[0], sources[1], sources[2]
    raise NotAloneError


def _heads(group: Group, width: int) -> int:
    """The features of a head are the last axis of what is multiplied."""
    for call in group.calls:
        if call.name in (*_ATTENTIONS, "bmm", "baddbmm"):
            key = {"bmm": "self", "baddbmm": "batch1"}.get(call.name, "query")
            value = call.arguments.get(key)
            meta = group.tensors.get(value.name) if type(value) is Ref else None
            last = meta.shape[-1] if meta is not None and meta.shape else None
            if type(last) is int and last and width % last == 0:
                return width // last
            break
    raise NotAloneError


def _is_batch_first(group: Group, queries: Ref) -> bool:
    meta = group.tensors.get(queries.name)
    if meta is None or len(meta.shape) != 3:
        return False
    for call in group.calls:
        if next(iter(call.arguments.values()), None) == queries:
            return call.name in ("transpose", "permute")
    raise NotAloneError


def _has_zeros(group: Group) -> bool:
    """add_zero_attn joins a row of zeros to keys and values."""
    for call in group.calls:
        if call.name == "cat":
            for one in call.arguments.get("tensors", []):
                maker = group.makers.get(one.name) if type(one) is Ref else None
                if maker is not None and maker.name in ("zeros", "full"):
                    return True
    return False


def _masks(group: Group, taken: set[str]) -> dict[str, Ref]:
    """The other tensors: a mask of keys gets two axes of one, a mask of scores one in front."""
    found: dict[str, Ref] = {}
    names: dict[str, None] = {}
    for call in group.calls:
        for value in call.arguments.values():
            for one in value if type(value) is list else [value]:
                if type(one) is Ref and not _is_inside(group, one.name):
                    names[one.name] = None
    for name in names:
        if name not in taken:
            role = _mask_role(group, name)
            if role in found:
                raise NotAloneError
            found[role] = Ref(name)
    return found


def _is_inside(group: Group, name: str) -> bool:
    return name in group.makers or name in group.program.parameters


def _mask_role(group: Group, name: str) -> str:
    follow = {name}
    for call in group.calls:
        values = [one for one in call.arguments.values() if type(one) is Ref]
        if not any(one.name in follow for one in values):
            continue
        role = _role_of_use(call)
        if role is not None:
            return role
        if call.name not in _MASKING:
            break
        follow.update([one for one in call.outputs if isinstance(one, str)])
    raise NotAloneError


def _role_of_use(call: Call) -> str | None:
    if call.name == "view":
        sizes = call.arguments.get("size")
        if type(sizes) is list and len(sizes) == 4 and sizes[1:3] == [1, 1]:
            return "key_padding_mask"
    if call.name == "unsqueeze" and call.arguments.get("dim") == 0:
        return "attn_mask"
    return None


def _outputs(group: Group, inputs: dict[str, Any]) -> tuple[str | None, ...]:
    """What comes out and, where they are asked for, the attention weights; sets need_weights."""
    last = [one for call in group.calls for one in call.outputs if isinstance(one, str)]
    if not last:
        raise NotAloneError
    if group.has(*_ATTENTIONS):
        inputs["need_weights"] = False
        return group.only_output()
    if not group.has("mean"):
        inputs["average_attn_weights"] = False
        if len(group.used) > 1:
            raise NotAloneError
        return group.only_output()
    mean = group.first("mean").outputs[0]
    others = [name for name in group.used if name != mean]
    if len(others) > 1 or not isinstance(mean, str):
        raise NotAloneError
    return (others[0] if others else None, mean)
