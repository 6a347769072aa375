"""Power of fields by wavenumber; knows nothing of time and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def spectral_sums(forecast: Array, truth: Array, wraps: tuple[bool, bool]) -> dict[str, Array]:
    """Power of forecast and truth by wavenumber (lead, target, wavenumber), and how many fields.

    Only fields without a missing value are counted: elsewhere a spectrum is not defined.
    """
    whole = np.asarray(~np.isnan(truth).any((-2, -1)))
    actual = np.where(whole[..., None, None], truth, 0).astype(np.float64)
    ahead = np.where(whole[..., None, None], forecast, 0).astype(np.float64)
    ahead_power, actual_power = power(ahead, wraps), power(actual, wraps)
    fields = np.broadcast_to(whole[..., None], actual_power.shape).astype(np.float64)
    return {
        "forecast_power": ahead_power,
        "truth_power": actual_power,
        "power_fields": fields,
    }


def wavenumbers(shape: tuple[int, int]) -> Array:
    """Cycles per cell at the middle of each bin of `power`."""
    shorter = min(shape)
    return np.arange(1, shorter // 2 + 1) / shorter


def power(fields: Array, wraps: tuple[bool, bool]) -> Array:
    """Variance by total wavenumber, (..., wavenumber), in the square of the fields' units.

    The mean is taken off; along an axis that does not close a Hann window is laid over it, scaled
    to keep the variance of white noise. Bins are one cycle per shorter side wide, up to half a
    cycle per cell; what lies beyond, in the corners, is left out.
    """
    size = fields.shape[-2:]
    values = fields - fields.mean((-2, -1), keepdims=True)
    for axis, closes in ((-2, wraps[0]), (-1, wraps[1])):
        if not closes:
            length = fields.shape[axis]
            window = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
            window /= np.sqrt((window**2).mean())
            values = values * (window[:, None] if axis == -2 else window)
    found = np.abs(np.fft.fft2(values)) ** 2 / (size[0] * size[1]) ** 2
    radius = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.fftfreq(size[1])[None])
    bins = np.rint(radius * min(size)).astype(np.int64)
    count = min(size) // 2
    return np.stack([found[..., bins == number].sum(-1) for number in range(1, count + 1)], -1)
