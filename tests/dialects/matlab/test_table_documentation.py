"""Numbers and rules that MATLAB's documentation prints, computed through the table.

Each test names the page its numbers or its rule come from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import convwise
from convwise.dialects.matlab.table.inputs import SPACE
from convwise.graph.axes import tensor
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
