"""Attention in PyTorch: its function and module where they are the same, else helpers."""

from __future__ import annotations

from math import prod

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.products import in_order
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, GivenAll, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import BATCH
from convwise.kinds.attention import Attention
from convwise.kinds.multi_head import MultiHeadAttention


def attention(kind: Attention, site: Site) -> Given | GivenAll:
    """`F.scaled_dot_product_attention`, or the same step by step."""
    texts = [in_order(site, which) for which in range(len(site.operands))]
    plain = kind.scores == "dot" and kind.learned is None and not kind.returns_weights
    order = orders.same(site.made.rank)
    if not plain:
        return _steps(kind, site, texts, order)
    options: dict[str, object] = {}
    if len(texts) > 3:
        options["attn_mask"] = texts.pop()
    if kind.dropout:
        options["dropout_p"] = Code(f"{literal(kind.dropout)} if self.training else 0.0")
    if kind.causal:
        options["is_causal"] = True
    if kind.scale is not None:
        options["scale"] = kind.scale
    if kind.grouped:
        options["enable_gqa"] = True
    return Given(call("F.scaled_dot_product_attention", *texts, **options), order)


def _steps(kind: Attention, site: Site, texts: list[Code], order: Order) -> Given | GivenAll:
    """Scores, softmax and sum one after the other."""
    if kind.grouped:
        raise RuleError("attention of grouped queries that returns its weights")
    query, key, value, *mask = texts
    own = {spec.role: _weight_text(site, spec.role) for spec in site.specs()}
    if kind.scores == "additive":
        inside = f"{query}.unsqueeze(-2) + {key}.unsqueeze(-3)"
        if "scale" in own and kind.learned != "vector":
            inside = f"{own['scale']} * ({inside})"
        compared = f"torch.tanh({inside})"
        weighed = f"{own['scale']} * {compared}" if kind.learned == "vector" else compared
        scores = Code(f"({weighed}).sum(-1)")
    else:
        factor = "" if kind.scale == 1 else f" * {_scale(kind, site)}"
        scores = Code(f"{bracketed(query)} @ {bracketed(key)}.transpose(-2, -1){factor}")
        if "scale" in own:
            scores = Code(f"{own['scale']} * ({scores})")
    if "factor" in own:
        scores = Code(f"{own['factor']} * {bracketed(scores)}")
    options: dict[str, object] = {"causal": True} if kind.causal else {}
    if kind.dropout:
        options["dropout"] = Code(f"{literal(kind.dropout)} if self.training else 0.0")
    shares = site.bound(call(site.helper("attention_weights"), scores, *mask, **options), "shares")
    result = Code(f"{shares} @ {bracketed(value)}")
    if not kind.returns_weights:
        return Given(result, order)
    return GivenAll((result, shares), (order, orders.same(site.node.outputs[1].rank)))


def _weight_text(site: Site, role: str) -> Code:
    sizes = next(spec.axes for spec in site.specs() if spec.role == role)
    shape = tuple([site.whole(dim, "a weight's size") for _, dim in sizes])
    return site.weight(role, call("nn.Parameter", call("torch.ones", shape)))


def _scale(kind: Attention, site: Site) -> Code:
    if kind.scale is not None:
        return literal(kind.scale)
    features = site.whole(site.source.axes[-1].dim, "the number of features")
    return literal(features**-0.5)


def multi_head_attention(kind: MultiHeadAttention, site: Site) -> Given | GivenAll:
    """`nn.MultiheadAttention`, or for Keras's weights by heads a helper."""
    if kind.layout == "heads":
        return _by_heads(kind, site)
    query, key, value = [
        site.whole(operand.axes[-1].dim, "the number of features") for operand in site.operands[:3]
    ]
    batch_first = site.source.rank == 3 and site.source.roles[0] == BATCH
    options: dict[str, object] = {}
    if kind.dropout:
        options["dropout"] = kind.dropout
    if not kind.bias:
        options["bias"] = False
    if kind.extra_key:
        options["add_bias_kv"] = True
    if kind.zero_key:
        options["add_zero_attn"] = True
    if kind.layout == "separate":
        options.update({"kdim": key, "vdim": value})
    if batch_first:
        options["batch_first"] = True
    module = site.module(
        call("nn.MultiheadAttention", query, kind.heads, **options), "attention", _PATHS
    )
    texts = [in_order(site, which) for which in range(3)]
    asked = _asked(kind, site)
    ran = call(module, *texts, **asked)
    order = orders.same(site.made.rank)
    if not kind.returns_weights:
        return Given(Code(f"{ran}[0]"), order)
    names = site.unpacked(ran, "attended", "shares")
    return GivenAll(names, (order, orders.same(site.node.outputs[1].rank)))


_PATHS = {
    "input_kernel": "in_proj_weight",
    "query_kernel": "q_proj_weight",
    "key_kernel": "k_proj_weight",
    "value_kernel": "v_proj_weight",
    "input_bias": "in_proj_bias",
    "extra_key": "bias_k",
    "extra_value": "bias_v",
    "output_kernel": "out_proj.weight",
    "output_bias": "out_proj.bias",
}


def _asked(kind: MultiHeadAttention, site: Site) -> dict[str, object]:
    """What the call of `nn.MultiheadAttention` says."""
    asked: dict[str, object] = {}
    for which in range(3, len(site.operands)):
        padding = site.operands[which].roles[:1] == (BATCH,) and site.operands[which].rank == 2
        asked["key_padding_mask" if padding else "attn_mask"] = in_order(site, which)
    if kind.causal:
        sizes = [
            operand.axes[-2 if operand.roles[0] == BATCH else 0].dim
            for operand in site.operands[:2]
        ]
        shape = ", ".join([site.size(dim) for dim in sizes])
        device = Code(f"{site.writer.arguments[0]}.device")
        ones = call("torch.ones", Code(shape), dtype=Code("torch.bool"), device=device)
        asked["attn_mask"] = method(ones, "triu", 1)
    if not kind.returns_weights:
        asked["need_weights"] = False
    elif kind.returns_weights == "heads":
        asked["average_attn_weights"] = False
    return asked


def _by_heads(kind: MultiHeadAttention, site: Site) -> Given | GivenAll:
    """Projections as `nn.Linear`, heads side by side: the weights are those of Keras, reshaped."""
    if kind.zero_key:
        raise RuleError("multi-head attention with heads of their own and keys of zeros")
    made = [site.whole(one.axes[-1].dim, "a number of features") for one in site.operands[:3]]
    value_size = kind.key_size if kind.value_size is None else kind.value_size
    out = made[0] if kind.out is None else prod(kind.out)
    options: dict[str, object] = {}
    if kind.groups is not None and kind.groups != kind.heads:
        options["groups"] = kind.groups
    if not kind.bias:
        options["bias"] = False
    if kind.gated:
        options["gated"] = True
    if kind.dropout:
        options["dropout"] = kind.dropout
    helper = site.helper("HeadsAttention")
    constructor = call(helper, tuple(made), kind.heads, kind.key_size, value_size, out, **options)
    names = ("query", "key", "gate", "value", "output")
    paths = {f"{name}_kernel": f"{name}.weight" for name in names}
    paths.update({f"{name}_bias": f"{name}.bias" for name in names})
    module = site.module(constructor, "attention", paths)
    return _attended(kind, site, module)


def _attended(kind: MultiHeadAttention, site: Site, module: Code) -> Given | GivenAll:
    """The call: axes that are attended over become one, the others the batch, and back again."""
    free, lengths = _parts(kind, site)
    last = site.source.rank - 1
    order = (*free, *lengths, last)
    options: dict[str, object] = {}
    for which in range(3, len(site.operands)):
        options["mask"] = in_order(site, which)
    if kind.causal:
        options["causal"] = True
    if kind.window is not None:
        options["window"] = kind.window
    texts = []
    for which in range(3):
        text = site.arg(which, order)
        text = method(text, "flatten", len(free), -2) if len(lengths) > 1 else text
        texts.append(method(text, "flatten", 0, len(free) - 1) if len(free) > 1 else text)
    ran = call(module, *texts, **options)
    result, shares = Code(f"{ran}[0]"), Code("")
    if kind.returns_weights:
        result, shares = site.unpacked(ran, "attended", "shares")
    result = _apart(result, free, lengths, site)
    if kind.out is not None and len(kind.out) > 1:
        result = method(result, "unflatten", -1, kind.out)
    made = (*order[:-1], *range(last, site.made.rank))
    if not kind.returns_weights:
        return Given(result, made)
    if len(lengths) > 1 or len(free) > 1:
        raise RuleError("weights of an attention with several axes of examples or places")
    if kind.returns_weights == "average":
        shares = method(shares, "mean", 1)
    return GivenAll((result, shares), (made, orders.same(site.node.outputs[1].rank)))


def _parts(kind: MultiHeadAttention, site: Site) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Axes of examples, and axes that are attended over."""
    source = site.source
    if kind.axes:
        lengths = tuple(sorted([source.locate(axis) for axis in kind.axes]))
    else:
        roles = enumerate(source.roles[:-1])
        lengths = tuple([place for place, role in roles if role != BATCH])
    free = tuple([place for place in range(source.rank - 1) if place not in lengths])
    if not free:
        raise RuleError("multi-head attention of a single example: add a batch axis")
    return free, lengths


def _apart(text: Code, free: tuple[int, ...], lengths: tuple[int, ...], site: Site) -> Code:
    """Axes that were merged, with their sizes again."""
    axes = site.source.axes
    for place, merged in ((1, lengths), (0, free)):
        if len(merged) > 1:
            sizes = [site.size(axes[axis].dim) for axis in merged]
            text = method(text, "unflatten", place, Code(f"({', '.join(sizes)})"))
    return text
