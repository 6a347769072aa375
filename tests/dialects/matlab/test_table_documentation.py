"""Numbers and rules that MATLAB's documentation prints, computed through the table.

Each test names the page its numbers or its rule come from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import convwise
from convwise.dialects.matlab.conventions import MATLAB
from convwise.dialects.matlab.table.inputs import SPACE
from convwise.graph.axes import tensor
from convwise.graph.builder import GraphBuilder
from convwise.kinds.source import Input

from .called import bound


def computed(x: Any, name: str, *args: Any, weights: Any = None, **named: Any) -> Any:
    """A layer of one input on an array (observations, space, channels)."""
    roles = ("batch", *SPACE[: x.ndim - 2], "channel")
    source = Input(tensor(x.shape, roles))
    entry, arguments = bound(name, *args, **named)
    kinds = [part.kind for part in entry.parts(arguments, (source.tensor,))]
    return convwise.sequential(source, *kinds).run(x, weights=weights)


def counted(*shape: int) -> Any:
    """reshape(1:n, shape) of MATLAB: the first index runs fastest; as one observation."""
    return np.arange(1, 1 + np.prod(shape)).reshape(shape, order="F")[None].astype(float)


def test_depth_to_space() -> None:
    """Page "depthToSpace: Rearrange dlarray data from depth dimension into spatial blocks"."""
    found = computed(counted(2, 2, 12), "depthToSpace2dLayer", 2)[0]
    first = [[1, 13, 3, 15], [25, 37, 27, 39], [2, 14, 4, 16], [26, 38, 28, 40]]
    assert found[:, :, 0].tolist() == first
    last = [[9, 21, 11, 23], [33, 45, 35, 47], [10, 22, 12, 24], [34, 46, 36, 48]]
    assert found[:, :, 2].tolist() == last


def test_space_to_depth() -> None:
    """Page "spaceToDepth: Rearrange spatial blocks of dlarray data along depth dimension"."""
    found = computed(counted(4, 4, 3), "spaceToDepthLayer", 2)[0]
    planes = {
        1: [[1, 9], [3, 11]],
        2: [[17, 25], [19, 27]],
        4: [[5, 13], [7, 15]],
        7: [[2, 10], [4, 12]],
        12: [[38, 46], [40, 48]],
    }
    assert {n: found[:, :, n - 1].tolist() for n in planes} == planes


def test_cross_channel_normalization() -> None:
    """Pages "crossChannelNormalizationLayer" and "crosschannelnorm": x / (K + alpha ss / w)^beta.

    A window of 4 channels has one channel before and two behind.
    """
    x = np.random.default_rng(0).normal(size=(1, 2, 2, 6))
    named = {"Alpha": 0.7, "Beta": 0.6, "K": 1.5}
    for size, before, after in ((3, 1, 1), (4, 1, 2), (2, 0, 1)):
        found = computed(x, "crossChannelNormalizationLayer", size, **named)
        wanted = np.empty_like(x)
        for c in range(6):
            near = x[..., max(c - before, 0) : c + after + 1]
            wanted[..., c] = x[..., c] / (1.5 + 0.7 * (near**2).sum(-1) / size) ** 0.6
        assert np.abs(found - wanted).max() < 1e-12


def test_fully_connected_sums_over_space_and_channels() -> None:
    """Page "fullyconnect": weights of 10 x 12 x 12 x 32 give 10 channels; MATLAB's arrays lie
    with the first index fastest, so that the weight of x(i, j, k) is column i + h (j + w k)."""
    x = np.random.default_rng(0).normal(size=(1, 3, 4, 2))
    weights = np.random.default_rng(1).normal(size=(5, 24))
    given = [weights, np.zeros(5)]
    found = computed(x, "fullyConnectedLayer", 5, weights=given)
    wanted = weights @ x[0].reshape(-1, order="F")
    assert np.abs(found[0] - wanted).max() < 1e-12
    whole = computed(np.ones((1, 12, 12, 32)), "fullyConnectedLayer", 10)
    assert whole.shape == (1, 10)


def test_padding_same_puts_the_odd_pixel_at_the_bottom_and_the_right() -> None:
    """Page "maxPooling2dLayer": extra padding to the bottom, and to the right."""
    x = counted(2, 2, 1)
    found = computed(x, "averagePooling2dLayer", 2, Padding="same")[0, :, :, 0]
    assert (found * 4).tolist() == [[10, 7], [6, 4]]
    most = computed(-x, "maxPooling2dLayer", 2, Padding="same")[0, :, :, 0]
    assert most.tolist() == [[-1, -3], [-2, -4]]
    mean = computed(x, "averagePooling2dLayer", 2, Padding="same", PaddingValue="mean")
    assert mean[0, :, :, 0].tolist() == [[2.5, 3.5], [3, 4]]


def test_patches_are_read_column_by_column() -> None:
    """Page "patchEmbeddingLayer": [1 2 3; 4 5 6; 7 8 9] becomes [1 4 7 2 5 8 3 6 9]."""
    x = np.arange(1.0, 10).reshape(1, 3, 3, 1)
    given = [np.ones((1, 1, 1, 1)), np.zeros(1)]
    columns = computed(x, "patchEmbeddingLayer", 1, 1, weights=given)
    assert columns.ravel().tolist() == [1, 4, 7, 2, 5, 8, 3, 6, 9]
    rows = computed(x, "patchEmbeddingLayer", 1, 1, SpatialFlattenMode="row-major", weights=given)
    assert rows.ravel().tolist() == list(range(1, 10))


def test_word_embedding_has_a_vector_for_words_that_are_not_known() -> None:
    """Page "wordEmbeddingLayer": the software appends a column to Dimension-by-NumWords weights."""
    entry, arguments = bound("wordEmbeddingLayer", 300, 1000)
    source = tensor((1, 5, 1), ("batch", "time", "channel"))
    table = entry.parts(arguments, (source,))[-1].kind
    assert (table.vocabulary, table.width) == (1001, 300)


def test_layer_normalization_over_images_has_a_scale_per_channel() -> None:
    """Page "layerNormalizationLayer": over space and channels of images, over channels else."""
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    scale, offset = np.arange(1.0, 6), np.arange(5.0)
    found = computed(x, "layerNormalizationLayer", weights=[scale, offset])
    mean, variance = (one(x, axis=(1, 2, 3), keepdims=True) for one in (np.mean, np.var))
    wanted = (x - mean) / np.sqrt(variance + 1e-5) * scale + offset
    assert np.abs(found - wanted).max() < 1e-12


def _sequence(name: str, x: Any, *args: Any, weights: Any, **named: Any) -> Any:
    """A recurrent layer on (observations, steps, features)."""
    source = Input(tensor(x.shape, ("batch", "time", "feature")))
    entry, arguments = bound(name, *args, **named)
    kinds = [part.kind for part in entry.parts(arguments, (source.tensor,))]
    return convwise.sequential(source, *kinds).run(x, weights=weights)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _gru(x: Any, w: Any, r: Any, b: Any, rb: Any, before: bool) -> Any:
    """Rows of the reset gate, the update gate and the candidate state, in this order."""
    units = len(r) // 3
    state, found = np.zeros((len(x), units)), []
    for step in range(x.shape[1]):
        given = x[:, step] @ w.T + b
        own = state @ r.T + rb
        reset = _sigmoid(given[:, :units] + own[:, :units])
        update = _sigmoid(given[:, units:-units] + own[:, units:-units])
        inner = (reset * state) @ r[-units:].T if before else reset * own[:, -units:]
        candidate = np.tanh(given[:, -units:] + inner)
        state = (1 - update) * candidate + update * state
        found.append(state)
    return np.stack(found, 1)


def test_gated_recurrent_units_in_three_modes() -> None:
    """Page "gruLayer", ResetGateMode: the state is multiplied by the reset gate after the
    recurrent weights (with or without a bias of their own), or before them."""
    random = np.random.default_rng(0)
    x, w, r = (random.normal(size=shape) for shape in ((2, 5, 3), (12, 3), (12, 4)))
    b, rb = random.normal(size=(2, 12))
    found = _sequence("gruLayer", x, 4, weights=[w, r, b])
    assert np.abs(found - _gru(x, w, r, b, 0.0, False)).max() < 1e-12
    named = {"ResetGateMode": "before-multiplication", "OutputMode": "last"}
    found = _sequence("gruLayer", x, 4, weights=[w, r, b], **named)
    assert np.abs(found - _gru(x, w, r, b, 0.0, True)[:, -1]).max() < 1e-12
    named = {"ResetGateMode": "recurrent-bias-after-multiplication"}
    found = _sequence("gruLayer", x, 4, weights=[w, r, np.stack([b, rb])], **named)
    assert np.abs(found - _gru(x, w, r, b, rb, False)).max() < 1e-12


def test_long_short_term_memory() -> None:
    """Page "lstmLayer": rows of the input gate, forget gate, cell candidate, output gate."""
    random = np.random.default_rng(0)
    x, w, r, b = (random.normal(size=s) for s in ((2, 5, 3), (16, 3), (16, 4), (16,)))
    hidden, cell = np.zeros((2, 4)), np.zeros((2, 4))
    for step in range(5):
        gates = np.split(x[:, step] @ w.T + hidden @ r.T + b, 4, axis=1)
        cell = _sigmoid(gates[1]) * cell + _sigmoid(gates[0]) * np.tanh(gates[2])
        hidden = _sigmoid(gates[3]) * np.tanh(cell)
    found = _sequence("lstmLayer", x, 4, OutputMode="last", weights=[w, r, b])
    assert np.abs(found - hidden).max() < 1e-12


def test_self_attention() -> None:
    """Page "selfAttentionLayer": channels of queries, keys and values are split into heads, scores
    are divided by the root of a head's channels, heads are joined and projected."""
    random = np.random.default_rng(0)
    x = random.normal(size=(1, 5, 6))
    shapes = ((4, 6), (4, 6), (8, 6), (6, 8))
    wq, wk, wv, wo = (random.normal(size=shape) for shape in shapes)
    bq, bk, bv, bo = (random.normal(size=len(one)) for one in (wq, wk, wv, wo))
    given = [
        *(wq.reshape(2, 2, 6), bq.reshape(2, 2), wk.reshape(2, 2, 6), bk.reshape(2, 2)),
        *(wv.reshape(2, 4, 6), bv.reshape(2, 4), wo.reshape(6, 2, 4), bo),
    ]
    source = Input(tensor(x.shape, ("batch", "time", "channel")))
    entry, arguments = bound("selfAttentionLayer", 2, 4, NumValueChannels=8)
    [part] = entry.parts(arguments, (source.tensor,))
    graph = GraphBuilder(MATLAB)
    layer = graph.new_layer("attention", "selfAttentionLayer")
    [value] = graph.add(source, (), layer)
    outputs = graph.add(part.kind, [value] * 3, layer)
    network = convwise.Network(graph.graph([value], outputs, "attention"), None)
    q, k, v = (x[0] @ w.T + b for w, b in ((wq, bq), (wk, bk), (wv, bv)))
    heads = []
    for head in range(2):
        scores = q[:, 2 * head : 2 * head + 2] @ k[:, 2 * head : 2 * head + 2].T / np.sqrt(2)
        shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        heads.append(shares @ v[:, 4 * head : 4 * head + 4])
    wanted = np.concatenate(heads, 1) @ wo.T + bo
    assert np.abs(network.run(x, weights=given)[0] - wanted).max() < 1e-12
