"""What draws at random in training and changes nothing, or takes the middle, afterwards."""

from __future__ import annotations

import numpy as np

from convwise.errors import RuleError
from convwise.kinds.noise import Dropout, GaussianNoise
from convwise.kinds.preprocessing import Augment, RandomCrop
from convwise.reference.arrays import moved_back, moved_last
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.functions import SELU_ALPHA, SELU_SCALE


def dropout(use: Use[Dropout]) -> Pass:
    """y = factor * x + offset in training, y = x afterwards; backward: dx = dy factor.

    plain: factor 1/(1 - rate) for the values that stay, 0 for the share `rate` that goes, so that
    the mean is kept: Srivastava et al., Dropout (2014). gaussian: factor 1 + sqrt(rate/(1 - rate))
    times a normal number, of the same mean and variance. alpha: see `_alpha`. One draw along
    `shared` axes.
    """
    kind = use.kind
    if not use.training or not kind.rate:
        return _scaled(use.x, np.ones(()), np.zeros(()))
    shared = {use.source.locate(ref) for ref in kind.shared}
    shape = tuple([1 if place in shared else size for place, size in enumerate(use.x.shape)])
    if kind.flavour == "gaussian":
        return _scaled(use.x, _noise(kind.rate, shape, use.random), np.zeros(()))
    stays = use.random.random(shape) >= kind.rate
    if kind.rate == 1:
        return _scaled(use.x, stays * 1.0, np.zeros(()))
    if kind.flavour == "alpha":
        return _scaled(use.x, *_alpha(kind.rate, stays))
    return _scaled(use.x, stays / (1 - kind.rate), np.zeros(()))


def _noise(rate: float, shape: tuple[int, ...], random: np.random.Generator) -> Array:
    if rate == 1:
        raise RuleError(
            "a gaussian dropout of rate 1 multiplies by noise of infinite deviation",
            hint="its deviation is sqrt(rate/(1 - rate)): choose a rate below 1",
        )
    factor: Array = 1 + np.sqrt(rate / (1 - rate)) * random.normal(0, 1, shape)
    return factor


def _alpha(rate: float, stays: Array) -> tuple[Array, Array]:
    """Factor and offset of alpha dropout: what goes becomes s, then everything a x + b.

    s is what SELU makes of very negative values; a and b bring mean 0 and variance 1 back:
    a = 1/sqrt((1 - rate)(1 + rate s^2)), b = -a rate s. Source: Klambauer et al.,
    Self-Normalizing Neural Networks (arXiv:1706.02515).
    """
    lowest = -SELU_ALPHA * SELU_SCALE
    a = ((1 - rate) * (1 + rate * lowest**2)) ** -0.5
    return a * stays, a * lowest * ~stays - a * rate * lowest


def gaussian_noise(use: Use[GaussianNoise]) -> Pass:
    """y = x + deviation times normal numbers in training, y = x afterwards; dx = dy."""
    if not use.training or not use.kind.deviation:
        return _scaled(use.x, np.ones(()), np.zeros(()))
    noise = use.random.normal(0, use.kind.deviation, use.x.shape)
    return _scaled(use.x, np.ones(()), noise)


def _scaled(x: Array, factor: Array, offset: Array) -> Pass:
    """y = factor * x + offset; dx = dy factor. Whole numbers that nothing changes stay whole."""
    same = factor.ndim == 0 and offset.ndim == 0

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0] * factor if x.dtype == np.float64 else None,))

    return Pass((x if same else factor * x + offset,), backward)


def augment(use: Use[Augment]) -> Pass:
    """y = x; dx = dy, in training too: how far images are changed there is not in the graph."""
    return _scaled(use.x, np.ones(()), np.zeros(()))


def random_crop(use: Use[RandomCrop]) -> Pass:
    """A piece from a random place in training; afterwards the middle, resized to fit.

    Too small images are resized in training too: both sides by the larger of the two ratios, pixels
    interpolated linearly. Backward: dy goes to the pixels that were read, by their weights.
    """
    sides = [use.source.position("height"), use.source.position("width")]
    x = moved_last(use.x, sides)  # (..., height, width)
    wanted = (use.kind.height, use.kind.width)
    rows, columns = _readings(use, (x.shape[-2], x.shape[-1]), wanted)  # (out, in) each

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if use.x.dtype != np.float64:
            return Gradients((None,))
        dy = moved_last(grads[0], sides)
        return Gradients((moved_back(rows.T @ dy @ columns, sides),))

    return Pass((moved_back(rows @ x @ columns.T, sides),), backward)


def _readings(
    use: Use[RandomCrop], sizes: tuple[int, int], wanted: tuple[int, int]
) -> tuple[Array, Array]:
    """How much of each pixel every pixel of the piece holds, along height and along width."""
    large = all(have >= want for have, want in zip(sizes, wanted, strict=True))
    if use.training and large:
        pairs = zip(sizes, wanted, strict=True)
        firsts = [int(use.random.integers(have - want + 1)) for have, want in pairs]
        resized = [np.eye(size) for size in sizes]
    else:
        scale = max(want / have for have, want in zip(sizes, wanted, strict=True))
        pairs = zip(sizes, wanted, strict=True)
        made = [max(round(have * scale), want) for have, want in pairs]
        firsts = [(size - want) // 2 for size, want in zip(made, wanted, strict=True)]
        resized = [_between(have, size) for have, size in zip(sizes, made, strict=True)]
    height, width = [
        matrix[first : first + want]
        for matrix, first, want in zip(resized, firsts, wanted, strict=True)
    ]
    return height, width


def _between(size: int, made: int) -> Array:
    """Linear interpolation of `made` places from `size` pixels, as a matrix (made, size).

    The middle of pixel i of the result lies at (i + 1/2) size/made - 1/2, not in front of the first
    pixel; behind the last one there is nothing to mix.
    """
    places = np.maximum((np.arange(made) + 0.5) * size / made - 0.5, 0.0)
    low = np.minimum(places.astype(np.int64), size - 1)
    high = np.minimum(low + 1, size - 1)
    share = places - low
    found = np.zeros((made, size))
    np.add.at(found, (np.arange(made), low), 1 - share)
    np.add.at(found, (np.arange(made), high), share)
    return found
