"""Attention beside PyTorch's fused function, and beside Keras's layers with learned scores."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from keras.src.backend.common import dtypes

from convwise.kinds.attention import Attention
from convwise.reference.contract import Array, Use
from convwise.reference.rules.attentions import attention
from tests.reference.rules.direct import leaves, unlike, used

SHAPES = [
    [(4, 3), (5, 3), (5, 2)],
    [(2, 4, 3), (2, 5, 3), (2, 5, 2)],
    [(2, 3, 4, 3), (2, 1, 5, 3), (2, 1, 5, 2)],
    [(2, 1, 4, 3), (1, 3, 5, 3), (2, 3, 5, 2)],
]


def drawn(shapes: list[tuple[int, ...]]) -> list[Array]:
    random = np.random.default_rng(0)
    return [random.normal(0, 1, shape) for shape in shapes]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("masked", ["", "causal", "bool", "float", "narrow"])
def test_fused_attention(shapes: list[tuple[int, ...]], scale: float | None, masked: str) -> None:
    arrays = drawn(shapes)
    random = np.random.default_rng(1)
    if masked == "bool":
        arrays.append(random.random((4, 5)) < 0.5)  # some queries may see nothing
        arrays[3][2] = False
    if masked in ("float", "narrow"):
        arrays.append(random.normal(0, 1, (4, 5) if masked == "float" else (1, 5)))
    given = leaves(arrays)
    theirs = F.scaled_dot_product_attention(*given, is_causal=masked == "causal", scale=scale)
    made = attention(used(Attention(causal=masked == "causal", scale=scale), arrays))
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize("causal", [False, True])
def test_grouped_queries(causal: bool) -> None:
    arrays = drawn([(2, 6, 4, 3), (2, 2, 4, 3), (2, 2, 4, 5)])
    given = leaves(arrays)
    theirs = F.scaled_dot_product_attention(*given, is_causal=causal, enable_gqa=True)
    made = attention(used(Attention(causal=causal, grouped=True), arrays))
    assert unlike(made, [theirs], given) == []


LAYERS = [
    (keras.layers.Attention, {}, ("dot", None)),
    (keras.layers.Attention, {"use_scale": True}, ("dot", "scalar")),
    (keras.layers.Attention, {"score_mode": "concat"}, ("additive", "factor")),
    (
        keras.layers.Attention,
        {"score_mode": "concat", "use_scale": True},
        ("additive", "scalar and factor"),
    ),
    (keras.layers.AdditiveAttention, {}, ("additive", "vector")),
    (keras.layers.AdditiveAttention, {"use_scale": False}, ("additive", None)),
]


@pytest.mark.parametrize(("layer", "options", "scores"), LAYERS)
@pytest.mark.parametrize("causal", [False, True])
def test_keras_layers(
    monkeypatch: pytest.MonkeyPatch,
    layer: Any,
    options: dict[str, Any],
    scores: tuple[str, str | None],
    causal: bool,
) -> None:
    # On PyTorch, Keras multiplies matrices of float64 in float32.
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    arrays = drawn([(2, 4, 3), (2, 5, 3), (2, 5, 2)])
    own = layer(dtype="float64", **options)
    own.build([arrays[place].shape for place in (0, 2, 1)])
    kind = Attention(causal, 1.0, scores=scores[0], learned=scores[1], returns_weights=True)
    specs = kind.weights(used(kind, arrays).operands)
    values = [np.random.default_rng(2).normal(1, 0.3, one.shape) for one in own.weights]
    weights = {spec.role: one for spec, one in zip(specs, leaves(values), strict=True)}
    query, key, value = given = leaves(arrays)
    shown = own.stateless_call(
        list(weights.values()),
        [],
        [query, value, key],
        return_attention_scores=True,
        use_causal_mask=causal,
    )[0]
    arrays_of = {role: one.detach().numpy() for role, one in weights.items()}
    assert unlike(attention(used(kind, arrays, arrays_of)), shown, given, weights) == []


def test_dropout_in_training_drops_whole_shares_and_keeps_the_mean() -> None:
    arrays = drawn([(1, 200, 3), (1, 50, 3), (1, 50, 2)])
    kind = Attention(dropout=0.25, returns_weights=True)
    use: Use[Attention] = used(kind, arrays, training=True)
    shares = attention(use).outputs[1]
    whole = attention(used(kind, arrays)).outputs[1]
    kept = shares != 0
    assert abs(kept.mean() - 0.75) < 0.02
    np.testing.assert_allclose(shares[kept], whole[kept] / 0.75)


def test_equal_keys_share_equally() -> None:
    arrays = [np.ones((1, 1, 2)), np.ones((1, 4, 2)), np.arange(4.0).reshape(1, 4, 1)]
    made = attention(used(Attention(), arrays))
    assert made.outputs[0].item() == 1.5
    gradients = made.backward((np.ones((1, 1, 1)),))
    assert gradients.inputs[2].tolist() == [[[0.25]] * 4]
    assert not gradients.inputs[0].any()
    assert torch.tensor(gradients.inputs[1]).sum() == 0
