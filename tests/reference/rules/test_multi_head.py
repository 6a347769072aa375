"""Multi-head attention of PyTorch in all its variants, and of Keras with groups, gates and axes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
import torch
from torch import nn

from convwise.kinds.multi_head import MultiHeadAttention
from convwise.reference.contract import Array
from tests.reference.rules.direct import computed, leaves, unlike

ROLES = {
    "batch first": ("batch", "time", "feature"),
    "time first": ("time", "batch", "feature"),
    "one example": ("time", "feature"),
}
PATHS = {
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


class Case(NamedTuple):
    """Arguments of PyTorch's module and of its call."""

    heads: int
    width: int
    sizes: tuple[int, int, int]
    order: str
    options: dict[str, Any]
    returns: str | None
    masks: dict[str, Array]
    arrays: list[Array]

    def kind(self) -> MultiHeadAttention:
        separate = self.sizes != (self.width,) * 3
        return MultiHeadAttention(
            self.heads,
            self.width // self.heads,
            out=(self.width,),
            bias=self.options["bias"],
            layout="separate" if separate else "packed",
            extra_key=self.options["add_bias_kv"],
            zero_key=self.options["add_zero_attn"],
            returns_weights=self.returns,
        )


def case(turn: int) -> Case:
    """Arguments drawn at random."""
    random = np.random.default_rng(turn)
    heads = int(random.choice([1, 2, 4]))
    width = heads * int(random.choice([2, 3]))
    separate = random.random() < 0.5
    sizes = (width, 5, 3) if separate else (width,) * 3
    order = str(random.choice(list(ROLES)))
    options: dict[str, Any] = {
        name: bool(random.random() < 0.5) for name in ("bias", "add_bias_kv", "add_zero_attn")
    }
    returns = [None, "heads", "average"][random.integers(3)]
    examples = 1 if order == "one example" else int(random.integers(1, 4))
    queries, keys = (int(one) for one in random.integers(1, 6, 2))
    masks = {}
    if random.random() < 0.6:
        shape = (keys,) if order == "one example" else (examples, keys)
        masks["key_padding_mask"] = mask(shape, random)
    if random.random() < 0.6:
        shape = (queries, keys) if random.random() < 0.5 else (examples * heads, queries, keys)
        masks["attn_mask"] = mask(shape, random)
    arrays = [
        random.normal(0, 1, [{"time": n, "batch": examples, "feature": f}[r] for r in ROLES[order]])
        for n, f in zip((queries, keys, keys), sizes, strict=True)
    ]
    return Case(heads, width, sizes, order, options, returns, masks, arrays)


def mask(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Numbers, or a yes for what is hidden: never the first key."""
    if random.random() < 0.5:
        return random.normal(0, 1, shape)
    hidden = random.random(shape) < 0.4
    hidden[..., 0] = False
    return hidden


@pytest.mark.filterwarnings("ignore:Support for mismatched")
@pytest.mark.parametrize("turn", range(60))
def test_pytorch_module(turn: int) -> None:
    drawn = case(turn)
    module = nn.MultiheadAttention(
        drawn.width,
        drawn.heads,
        kdim=drawn.sizes[1],
        vdim=drawn.sizes[2],
        batch_first=drawn.order == "batch first",
        **drawn.options,
    )
    module = module.double().eval()
    torch.manual_seed(turn)
    for one in module.parameters():
        nn.init.normal_(one)
    given = leaves([*drawn.arrays, *drawn.masks.values()])
    out, shares = module(
        *given[:3],
        need_weights=drawn.returns is not None,
        average_attn_weights=drawn.returns != "heads",
        **dict(zip(drawn.masks, given[3:], strict=True)),
    )
    theirs = [out, shares] if drawn.returns else [out]
    own = dict(module.named_parameters())
    weights = {role: own[path] for role, path in PATHS.items() if own.get(path) is not None}
    of_mask = {"key_padding_mask": ("batch", None), "attn_mask": (None, None, None)}
    roles = [ROLES[drawn.order]] * 3
    roles += [of_mask[name][-one.ndim :] for name, one in drawn.masks.items()]
    arrays = {role: one.detach().numpy() for role, one in weights.items()}
    made = computed(drawn.kind(), [*drawn.arrays, *drawn.masks.values()], arrays, roles)
    assert unlike(made, theirs, given, weights) == []


PLAIN = keras.layers.MultiHeadAttention
GROUPED = keras.layers.GroupQueryAttention
#: A layer, its arguments, and the kind's.
LAYERS: list[tuple[Any, dict[str, Any], MultiHeadAttention]] = [
    (PLAIN, {"num_heads": 2, "key_dim": 3}, MultiHeadAttention(2, 3)),
    (PLAIN, {"num_heads": 3, "key_dim": 2, "value_dim": 5}, MultiHeadAttention(3, 2, 5)),
    (
        PLAIN,
        {"num_heads": 2, "key_dim": 3, "use_gate": True, "use_bias": False},
        MultiHeadAttention(2, 3, gated=True, bias=False),
    ),
    (
        PLAIN,
        {"num_heads": 2, "key_dim": 3, "output_shape": (2, 3)},
        MultiHeadAttention(2, 3, out=(2, 3)),
    ),
    (
        GROUPED,
        {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3},
        MultiHeadAttention(4, 3, groups=2),
    ),
]


@pytest.mark.parametrize(("layer", "options", "kind"), LAYERS)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [None, bool, float])
def test_keras_layers(
    layer: Any, options: dict[str, Any], kind: MultiHeadAttention, causal: bool, masked: Any
) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, (3, length, 6)) for length in (4, 5, 5)]
    seen = random.random((3, 4, 5)) < 0.6
    seen[..., 0] = True
    masks = [] if masked is None else [seen.astype(masked)]
    asked = {} if masked is None else {"attention_mask": torch.tensor(masks[0])}
    own = layer(dtype="float64", **options)
    own.build(arrays[0].shape, arrays[1].shape)
    weights = drawn_weights(own, random)
    query, key, value = given = leaves(arrays)
    shown = own.stateless_call(
        [in_keras_order(role, one) for role, one in weights.items()],
        [one.value for one in own.non_trainable_variables],
        *(query, value, key),
        return_attention_scores=True,
        use_causal_mask=causal,
        **asked,
    )[0]
    made = computed(
        replace(kind, causal=causal, returns_weights="heads"),
        [*arrays, *masks],
        {role: one.detach().numpy() for role, one in weights.items()},
        [ROLES["batch first"]] * 3 + [(None, None, None)] * len(masks),
    )
    assert unlike(made, shown, [*given, *leaves(masks)], weights) == []


def drawn_weights(layer: Any, random: np.random.Generator) -> dict[str, torch.Tensor]:
    """By role in the layer's order, axes as the kind has them: features of the input last."""
    found = {}
    for one in layer.trainable_variables:
        name, what = one.path.split("/")[-2:]
        role = f"{name.replace('attention_', '')}_{what}"
        values = in_kind_order(role, random.normal(0, 1, one.shape))
        found[role] = torch.tensor(values.copy(), requires_grad=True)
    return found


def in_kind_order(role: str, values: Array) -> Array:
    """From (in, heads, size) to (heads, size, in), from (heads, size, out...) to (out..., ...)."""
    if role == "output_kernel":
        return np.moveaxis(values, (0, 1), (-2, -1))
    return np.moveaxis(values, 0, -1) if role.endswith("kernel") else values


def in_keras_order(role: str, values: torch.Tensor) -> torch.Tensor:
    """The inverse."""
    if role == "output_kernel":
        return values.movedim((-2, -1), (0, 1))
    return values.movedim(-1, 0) if role.endswith("kernel") else values


@pytest.mark.parametrize("axes", [(1,), (2,), (1, 2)])
def test_keras_attends_along_inner_axes(axes: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, (2, 3, 4, 6))] * 3
    own = PLAIN(2, 3, attention_axes=axes, dtype="float64")
    own.build(arrays[0].shape, arrays[0].shape)
    weights = drawn_weights(own, random)
    query, key, value = given = leaves(arrays)
    turned = [in_keras_order(role, one) for role, one in weights.items()]
    fixed = [one.value for one in own.non_trainable_variables]
    shown = own.stateless_call(turned, fixed, query, value, key, return_attention_scores=True)[0]
    made = computed(
        MultiHeadAttention(2, 3, axes=axes, returns_weights="heads"),
        arrays,
        {role: one.detach().numpy() for role, one in weights.items()},
        [("batch", "height", "width", "channel")] * 3,
    )
    assert unlike(made, shown, given, weights) == []


def test_a_query_that_sees_nothing_has_zeros_where_pytorch_fuses() -> None:
    random = np.random.default_rng(0)
    module = nn.MultiheadAttention(4, 2, batch_first=True, bias=False).double().eval()
    x = random.normal(0, 1, (1, 3, 4))
    hidden = np.zeros((3, 3), dtype=bool)
    hidden[1] = True
    weights = {
        "input_kernel": module.in_proj_weight.detach().numpy(),
        "output_kernel": module.out_proj.weight.detach().numpy(),
    }
    for returns in (None, "average"):
        kind = MultiHeadAttention(
            2, 2, out=(4,), bias=False, layout="packed", returns_weights=returns
        )
        roles = [ROLES["batch first"]] * 3 + [(None, None)]
        ours = computed(kind, [x, x, x, hidden], weights, roles).outputs[0]
        query = torch.tensor(x)
        theirs = module(
            query, query, query, attn_mask=torch.tensor(hidden), need_weights=bool(returns)
        )[0]
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-12)
