"""Interpolation against PyTorch over many sizes, Keras's aspects, and Lanczos's window."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.reference.contract import Array
from tests.reference.rules.direct import computed, leaves, unlike

IMAGE = ("batch", "channel", "height", "width")
LAST = ("batch", "height", "width", "channel")
SIZES = (1, 2, 3, 5, 8, 13)


def image(*shape: int) -> Array:
    return np.random.default_rng(0).normal(0, 1, shape)


@pytest.mark.parametrize("method", ["bilinear", "bicubic"])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("smooth", [False, True])
def test_images_of_many_sizes(method: str, aligned: bool, smooth: bool) -> None:
    for size in SIZES:
        for out in SIZES:
            x = image(1, 2, size, 4)
            (leaf,) = given = leaves([x])
            theirs = F.interpolate(
                leaf, (out, 3), mode=method, align_corners=aligned, antialias=smooth
            )
            made = computed(Resize((out, 3), method, aligned, smooth), [x], roles=[IMAGE])
            assert unlike(made, [theirs], given) == [], (size, out)


def test_the_nearest_pixel_of_many_sizes() -> None:
    for size in range(1, 24):
        for out in range(1, 24):
            x = image(1, 1, size)
            (leaf,) = given = leaves([x])
            made = computed(Resize((out,), "nearest"), [x], roles=[("batch", "channel", "time")])
            assert unlike(made, [F.interpolate(leaf, out)], given) == [], (size, out)


@pytest.mark.parametrize("rank", [1, 3])
def test_lines_and_volumes(rank: int) -> None:
    x = image(1, 2, *(4, 3, 5)[:rank])
    roles = ("batch", "channel", *(("time",) if rank == 1 else ("depth", "height", "width")))
    (leaf,) = given = leaves([x])
    mode = {1: "linear", 3: "trilinear"}[rank]
    made = computed(Resize((7,) * rank), [x], roles=[roles])
    assert unlike(made, [F.interpolate(leaf, (7,) * rank, mode=mode)], given) == []


@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (3, 12), (6, 6)])
@pytest.mark.parametrize("sizes", [(4, 4), (3, 7), (7, 2)])
@pytest.mark.parametrize("aspect", ["crop", "pad"])
@pytest.mark.parametrize("method", ["bilinear", "bicubic"])
def test_aspects_are_kept_as_keras_does(
    shape: tuple[int, int], sizes: tuple[int, int], aspect: str, method: str
) -> None:
    x = image(2, *shape, 3)
    (leaf,) = given = leaves([x])
    option = {f"{aspect}_to_aspect_ratio": True}
    theirs = keras.ops.image.resize(
        leaf, sizes, interpolation=method, data_format="channels_last", **option
    )
    made = computed(Resize(sizes, method, aspect=aspect), [x], roles=[LAST])
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize("lobes", [3, 5])
def test_lanczos_by_its_formula(lobes: int) -> None:
    """Output o lies at (o + 1/2) / 2 - 1/2; the pixels that exist share a weight of 1."""
    x = image(1, 12, 1)
    made = computed(Upsample((2,), f"lanczos{lobes}"), [x], roles=[("batch", "time", "channel")])
    for o in range(24):
        place = (o + 0.5) / 2 - 0.5
        near = [i for i in range(12) if abs(place - i) < lobes]
        weights = [np.sinc(place - i) * np.sinc((place - i) / lobes) for i in near]
        wanted = sum(w * x[0, i, 0] for w, i in zip(weights, near, strict=True)) / sum(weights)
        assert made.outputs[0][0, o, 0] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("smooth", [False, True])
def test_what_is_the_same_everywhere_stays_so(method: str, smooth: bool) -> None:
    made = computed(Resize((3, 17), method, False, smooth), [np.ones((1, 2, 9, 6))], roles=[IMAGE])
    assert np.allclose(made.outputs[0], 1.0, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    "kind", [Upsample((3, 2), "lanczos3"), Resize((2, 9), "lanczos5", False, True)]
)
def test_backward_is_the_transpose(kind: Upsample | Resize) -> None:
    """(M x) dy = x (M^T dy) for any x and dy."""
    x = image(1, 2, 5, 6)
    made = computed(kind, [x], roles=[IMAGE])
    dy = np.random.default_rng(1).normal(0, 1, made.outputs[0].shape)
    (dx,) = made.backward((dy,)).inputs
    assert dx is not None
    assert (made.outputs[0] * dy).sum() == pytest.approx((x * dx).sum(), rel=1e-12)


@pytest.mark.parametrize("order", ["channel first", "block first"])
@pytest.mark.parametrize("last", [False, True])
def test_shuffling_and_back_changes_nothing(order: str, last: bool) -> None:
    x, roles = (image(2, 3, 5, 8), LAST) if last else (image(2, 8, 3, 5), IMAGE)
    made = computed(PixelShuffle(2, order), [x], roles=[roles])
    back = computed(PixelUnshuffle(2, order), [made.outputs[0]], roles=[roles])
    assert np.array_equal(back.outputs[0], x)
    assert np.array_equal(made.backward(made.outputs).inputs[0], x)


def test_blocks_numbered_by_place_first() -> None:
    """Channels are (row, column, channel) in a block, as TensorFlow's depth_to_space has them."""
    x = np.arange(8.0).reshape(1, 8, 1, 1)
    made = computed(PixelShuffle(2, "block first"), [x], roles=[IMAGE])
    assert made.outputs[0].tolist() == [[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]
    first = computed(PixelShuffle(2), [x], roles=[IMAGE])
    assert first.outputs[0].tolist() == F.pixel_shuffle(torch.tensor(x), 2).tolist()
