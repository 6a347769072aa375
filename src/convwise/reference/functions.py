"""Functions of single values with their slopes: y = f(x) and f'(x); knows no kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import erf as _erf
from math import pi, sqrt
from typing import Any, Final

import numpy as np

from convwise.reference.contract import Array

Numbers = Mapping[str, Any]
#: The value and the slope.
Both = tuple[Array, Array]

erf = np.vectorize(_erf, otypes=[np.float64])

#: Klambauer et al., Self-Normalizing Neural Networks (arXiv:1706.02515).
SELU_ALPHA: Final = 1.6732632423543772
SELU_SCALE: Final = 1.0507009873554805


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(-x)), without overflow: exp of a positive number is never taken."""
    small = np.exp(-np.abs(x))
    found: Array = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return found


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), without overflow."""
    found: Array = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return found


def value_and_slope(name: str, numbers: Numbers, x: Array) -> Both:
    """f(x) and f'(x) of an activation function; KeyError when there is none of this name."""
    return _FUNCTIONS[name](x, numbers)


def _linear(x: Array, n: Numbers) -> Both:
    return x, np.ones_like(x)


def _relu(x: Array, n: Numbers) -> Both:
    """max(x, 0); below the threshold slope*(x - threshold), at most max_value."""
    slope, top, threshold = n.get("slope", 0.0), n.get("max_value"), n.get("threshold", 0.0)
    high = x > threshold if threshold == 0 else x >= threshold
    y = np.where(high, x, slope * (x - threshold))
    d = np.where(high, 1.0, slope)
    if top is not None:
        y, d = np.where(high, np.minimum(x, top), y), np.where(high & (x >= top), 0.0, d)
    return y, d


def _relu6(x: Array, n: Numbers) -> Both:
    return _relu(x, {"max_value": 6.0})


def _leaky(x: Array, n: Numbers) -> Both:
    return _relu(x, {"slope": n["slope"]})


def _elu(x: Array, n: Numbers) -> Both:
    """x above 0, alpha (exp(x) - 1) below."""
    alpha, low = n["alpha"], np.minimum(x, 0)
    return np.where(x > 0, x, alpha * np.expm1(low)), np.where(x > 0, 1.0, alpha * np.exp(low))


def _celu(x: Array, n: Numbers) -> Both:
    alpha, low = n["alpha"], np.minimum(x, 0) / n["alpha"]
    return np.where(x > 0, x, alpha * np.expm1(low)), np.where(x > 0, 1.0, np.exp(low))


def _selu(x: Array, n: Numbers) -> Both:
    y, d = _elu(x, {"alpha": SELU_ALPHA})
    return SELU_SCALE * y, SELU_SCALE * d


def _gelu(x: Array, n: Numbers) -> Both:
    """x Phi(x), Phi the normal distribution; or its tanh approximation (arXiv:1606.08415)."""
    if n["approximate"]:
        inner = sqrt(2 / pi) * (x + 0.044715 * x**3)
        t = np.tanh(inner)
        d = sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2)
        return 0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * d
    share = 0.5 * (1 + erf(x / sqrt(2)))
    return x * share, share + x * np.exp(-0.5 * x**2) / sqrt(2 * pi)


def _sigmoid(x: Array, n: Numbers) -> Both:
    y = sigmoid(x)
    return y, y * (1 - y)


def _hard_sigmoid(x: Array, n: Numbers) -> Both:
    inner = n["slope"] * x + n["offset"]
    return np.clip(inner, 0, 1), np.where((inner > 0) & (inner < 1), n["slope"], 0.0)


def _sparse_sigmoid(x: Array, n: Numbers) -> Both:
    return _hard_sigmoid(x, {"slope": 0.5, "offset": 0.5})


def _log_sigmoid(x: Array, n: Numbers) -> Both:
    return -softplus(-x), sigmoid(-x)


def _silu(x: Array, n: Numbers) -> Both:
    s = sigmoid(x)
    return x * s, s * (1 + x * (1 - s))


def _hard_silu(x: Array, n: Numbers) -> Both:
    """x min(max(x + 3, 0), 6)/6 (arXiv:1905.02244)."""
    y = x * np.clip(x + 3, 0, 6) / 6
    return y, np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6))


def _mish(x: Array, n: Numbers) -> Both:
    """x tanh(softplus(x)) (arXiv:1908.08681)."""
    t, s = np.tanh(softplus(x)), sigmoid(x)
    return x * t, t + x * (1 - t**2) * s


def _tanh(x: Array, n: Numbers) -> Both:
    y = np.tanh(x)
    return y, 1 - y**2


def _hard_tanh(x: Array, n: Numbers) -> Both:
    low, high = n["min_value"], n["max_value"]
    return np.clip(x, low, high), np.where((x > low) & (x < high), 1.0, 0.0)


def _tanh_shrink(x: Array, n: Numbers) -> Both:
    y = np.tanh(x)
    return x - y, y**2


def _softplus(x: Array, n: Numbers) -> Both:
    beta = n["beta"]
    return softplus(beta * x) / beta, sigmoid(beta * x)


def _softsign(x: Array, n: Numbers) -> Both:
    under = 1 + np.abs(x)
    return x / under, 1 / under**2


def _soft_shrink(x: Array, n: Numbers) -> Both:
    outside = np.abs(x) > n["threshold"]
    return np.where(outside, x - np.sign(x) * n["threshold"], 0.0), outside * 1.0


def _hard_shrink(x: Array, n: Numbers) -> Both:
    outside = np.abs(x) > n["threshold"]
    return np.where(outside, x, 0.0), outside * 1.0


def _threshold(x: Array, n: Numbers) -> Both:
    above = x > n["threshold"]
    return np.where(above, x, n["value"]), above * 1.0


def _exponential(x: Array, n: Numbers) -> Both:
    y = np.exp(x)
    return y, y


def _squareplus(x: Array, n: Numbers) -> Both:
    """(x + sqrt(x^2 + b))/2 (arXiv:2112.11687)."""
    root = np.sqrt(x**2 + n["b"])
    return (x + root) / 2, (1 + x / root) / 2


def _sparse_plus(x: Array, n: Numbers) -> Both:
    """0 below -1, x above 1, (x + 1)^2/4 between."""
    middle = (x + 1) ** 2 / 4
    y = np.where(x <= -1, 0.0, np.where(x >= 1, x, middle))
    return y, np.where(x <= -1, 0.0, np.where(x >= 1, 1.0, (x + 1) / 2))


_FUNCTIONS: Final[dict[str, Callable[[Array, Numbers], Both]]] = {
    "linear": _linear,
    "relu": _relu,
    "relu6": _relu6,
    "leaky_relu": _leaky,
    "elu": _elu,
    "celu": _celu,
    "selu": _selu,
    "gelu": _gelu,
    "sigmoid": _sigmoid,
    "hard_sigmoid": _hard_sigmoid,
    "sparse_sigmoid": _sparse_sigmoid,
    "log_sigmoid": _log_sigmoid,
    "silu": _silu,
    "hard_silu": _hard_silu,
    "mish": _mish,
    "tanh": _tanh,
    "hard_tanh": _hard_tanh,
    "tanh_shrink": _tanh_shrink,
    "softplus": _softplus,
    "softsign": _softsign,
    "soft_shrink": _soft_shrink,
    "hard_shrink": _hard_shrink,
    "threshold": _threshold,
    "exponential": _exponential,
    "squareplus": _squareplus,
    "sparse_plus": _sparse_plus,
}
