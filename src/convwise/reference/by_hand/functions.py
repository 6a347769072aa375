"""Functions of one number on paper, and their slopes; knows no arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, pi, sqrt
from typing import Any, Final, NamedTuple

from convwise.reference.by_hand.contract import Grid
from convwise.reference.by_hand.sheet import Sheet, single

#: The function's own numbers by name, such as a slope below zero.
Own = Mapping[str, Any]
Written = Callable[[Sheet, float, Own], float]


class OnPaper(NamedTuple):
    """A function: its formula, its value, and its slope (its derivative), line by line."""

    formula: str
    value: Written
    slope: Written


def _x(value: float) -> Grid:
    return single("x", value)


def _clipped(sheet: Sheet, x: float, low: float, high: float) -> float:
    if low > -inf:
        x = sheet.line(f"at least {low:g}", "maximum", _x(x), single("smallest", low))
    if high < inf:
        x = sheet.line(f"at most {high:g}", "minimum", single("value", x), single("largest", high))
    return x


def _relu(sheet: Sheet, x: float, own: Own) -> float:
    slope, top, least = own.get("slope", 0.0), own.get("max_value"), own.get("threshold", 0.0)
    if x >= least:
        return _clipped(sheet, x, least, inf if top is None else top)
    if not slope:
        return sheet.line(f"below {least:g}: zero", "product", _x(x), single("slope", 0.0))
    less = sheet.line(f"x less {least:g}", "difference", _x(x), single("threshold", least))
    return sheet.line("below: times the slope", "product", single("x", less), single("s", slope))


def _relu_slope(sheet: Sheet, x: float, own: Own) -> float:
    top = own.get("max_value")
    if top is not None and x >= top:
        return _stated(sheet, 0.0, f"x is not below {top:g}: flat")
    if x > own.get("threshold", 0.0):
        return _stated(sheet, 1.0, "x is passed on as it is")
    return _stated(sheet, own.get("slope", 0.0), "x is not above the threshold")


def _stated(sheet: Sheet, slope: float, why: str) -> float:
    return sheet.line(f"the slope here: {why}", "copy", single("slope", slope))


def _identity(sheet: Sheet, x: float, own: Own) -> float:
    return sheet.line("x itself", "copy", _x(x))


def _one(sheet: Sheet, x: float, own: Own) -> float:
    return _stated(sheet, 1.0, "1 everywhere")


def _sigmoid(sheet: Sheet, x: float, own: Own) -> float:
    return sheet.line("1 / (1 + exp(-x))", "sigmoid", _x(x))


def _sigmoid_slope(sheet: Sheet, x: float, own: Own) -> float:
    y = _sigmoid(sheet, x, own)
    rest = sheet.line("1 - y", "difference", single("one", 1.0), single("y", y))
    return sheet.line("y (1 - y)", "product", single("y", y), single("1 - y", rest))


def _tanh(sheet: Sheet, x: float, own: Own) -> float:
    return sheet.line("tanh(x)", "tanh", _x(x))


def _tanh_slope(sheet: Sheet, x: float, own: Own) -> float:
    y = _tanh(sheet, x, own)
    square = sheet.line("y^2", "product", single("y", y), single("y", y))
    return sheet.line("1 - y^2", "difference", single("one", 1.0), single("y^2", square))


def _silu(sheet: Sheet, x: float, own: Own) -> float:
    share = _sigmoid(sheet, x, own)
    return sheet.line("x times it", "product", _x(x), single("sigmoid", share))


def _silu_slope(sheet: Sheet, x: float, own: Own) -> float:
    share = _sigmoid(sheet, x, own)
    rest = sheet.line("1 - s", "difference", single("one", 1.0), single("s", share))
    product = sheet.line("x (1 - s)", "product", _x(x), single("1 - s", rest))
    more = sheet.added("1 + x (1 - s)", ("one", "x (1 - s)"), (1.0, product))
    return sheet.line("s (1 + x (1 - s))", "product", single("s", share), single("that", more))


def _normal_share(sheet: Sheet, x: float) -> float:
    """The share of a normal distribution below x: (1 + erf(x / sqrt(2))) / 2."""
    scaled = sheet.line("x / sqrt(2)", "quotient", _x(x), single("sqrt(2)", sqrt(2.0)))
    error = sheet.line("erf of it", "error function", single("x / sqrt(2)", scaled))
    more = sheet.added("1 + erf", ("one", "erf"), (1.0, error))
    return sheet.line("half of it", "quotient", single("1 + erf", more), single("two", 2.0))


def _gelu(sheet: Sheet, x: float, own: Own) -> float:
    share = _normal_share(sheet, x)
    return sheet.line("x times it", "product", _x(x), single("share", share))


def _gelu_slope(sheet: Sheet, x: float, own: Own) -> float:
    share = _normal_share(sheet, x)
    square = sheet.line("x^2 / 2, negative", "product", _x(x), _x(x), single("-1/2", -0.5))
    bell = sheet.line("exp of it", "exponential", single("-x^2 / 2", square))
    grids = _x(x), single("exp", bell), single("1 / sqrt(2 pi)", 1 / sqrt(2 * pi))
    moved = sheet.line("x times the bell curve", "product", *grids)
    return sheet.added("share + x times the bell curve", ("share", "that"), (share, moved))


def _exponential(sheet: Sheet, x: float, own: Own) -> float:
    return sheet.line("exp(x)", "exponential", _x(x))


def _softplus(sheet: Sheet, x: float, own: Own) -> float:
    beta = own.get("beta", 1.0)
    scaled = sheet.line("beta x", "product", _x(x), single("beta", beta))
    grown = sheet.line("exp of it", "exponential", single("beta x", scaled))
    more = sheet.added("1 + exp", ("one", "exp"), (1.0, grown))
    found = sheet.line("logarithm", "logarithm", single("1 + exp", more))
    return sheet.line("divide by beta", "quotient", single("log", found), single("beta", beta))


def _softplus_slope(sheet: Sheet, x: float, own: Own) -> float:
    scaled = sheet.line("beta x", "product", _x(x), single("beta", own.get("beta", 1.0)))
    return sheet.line("sigmoid of it", "sigmoid", single("beta x", scaled))


def _elu(sheet: Sheet, x: float, own: Own) -> float:
    if x > 0:
        return _identity(sheet, x, own)
    less = sheet.line(
        "exp(x) - 1", "difference", single("exp(x)", _exponential(sheet, x, own)), single("one", 1)
    )
    alpha = single("alpha", own.get("alpha", 1.0))
    return sheet.line("times alpha", "product", single("exp(x) - 1", less), alpha)


def _elu_slope(sheet: Sheet, x: float, own: Own) -> float:
    if x > 0:
        return _stated(sheet, 1.0, "x is passed on as it is")
    grown = single("exp(x)", _exponential(sheet, x, own))
    return sheet.line("alpha exp(x)", "product", grown, single("alpha", own.get("alpha", 1.0)))


def _hard_tanh(sheet: Sheet, x: float, own: Own) -> float:
    return _clipped(sheet, x, own.get("min_value", -1.0), own.get("max_value", 1.0))


def _hard_tanh_slope(sheet: Sheet, x: float, own: Own) -> float:
    inside = own.get("min_value", -1.0) < x < own.get("max_value", 1.0)
    return _stated(sheet, float(inside), "1 between the bounds, else 0")


def _softsign(sheet: Sheet, x: float, own: Own) -> float:
    more = sheet.added("1 + |x|", ("one", "|x|"), (1.0, abs(x)))
    return sheet.line("x / (1 + |x|)", "quotient", _x(x), single("1 + |x|", more))


def _softsign_slope(sheet: Sheet, x: float, own: Own) -> float:
    more = single("1 + |x|", sheet.added("1 + |x|", ("one", "|x|"), (1.0, abs(x))))
    square = sheet.line("its square", "product", more, more)
    return sheet.line("1 / (1 + |x|)^2", "quotient", single("one", 1.0), single("square", square))


def _straight(sheet: Sheet, x: float, own: Own) -> float:
    """The straight line of a hard sigmoid: slope * x + offset."""
    slope, offset = own.get("slope", 1 / 6), own.get("offset", 0.5)
    product = sheet.line("slope times x", "product", _x(x), single("slope", slope))
    return sheet.added("add the offset", ("slope * x", "offset"), (product, offset))


def _hard_sigmoid(sheet: Sheet, x: float, own: Own) -> float:
    return _clipped(sheet, _straight(sheet, x, own), 0.0, 1.0)


def _hard_sigmoid_slope(sheet: Sheet, x: float, own: Own) -> float:
    slope = own.get("slope", 1 / 6)
    inside = 0 < slope * x + own.get("offset", 0.5) < 1
    return _stated(sheet, slope if inside else 0.0, "that of the line between 0 and 1, else 0")


def _hard_silu(sheet: Sheet, x: float, own: Own) -> float:
    share = _hard_sigmoid(sheet, x, own)
    return sheet.line("x times it", "product", _x(x), single("share", share))


def _hard_silu_slope(sheet: Sheet, x: float, own: Own) -> float:
    if abs(x) >= 3:
        return _stated(sheet, float(x > 0), "0 below -3, 1 above 3")
    third = sheet.line("x / 3", "quotient", _x(x), single("three", 3.0))
    return sheet.added("x / 3 + 1 / 2", ("x / 3", "half"), (third, 0.5))


_RECTIFIER: Final = OnPaper("y = max(x, 0)", _relu, _relu_slope)

#: Every function that can be worked out on paper, by the name that kinds have for it.
FUNCTIONS: Final[dict[str, OnPaper]] = {
    "linear": OnPaper("y = x", _identity, _one),
    "relu": _RECTIFIER,
    "relu6": OnPaper("y = min(max(x, 0), 6)", _relu, _relu_slope),
    "leaky_relu": OnPaper("y = x above zero, slope * x below", _relu, _relu_slope),
    "sigmoid": OnPaper("y = 1 / (1 + exp(-x))", _sigmoid, _sigmoid_slope),
    "tanh": OnPaper("y = tanh(x)", _tanh, _tanh_slope),
    "silu": OnPaper("y = x / (1 + exp(-x))", _silu, _silu_slope),
    "gelu": OnPaper("y = x (1 + erf(x / sqrt(2))) / 2", _gelu, _gelu_slope),
    "exponential": OnPaper("y = exp(x)", _exponential, _exponential),
    "softplus": OnPaper("y = log(1 + exp(beta x)) / beta", _softplus, _softplus_slope),
    "elu": OnPaper("y = x above zero, alpha (exp(x) - 1) below", _elu, _elu_slope),
    "hard_tanh": OnPaper("y = x between its bounds", _hard_tanh, _hard_tanh_slope),
    "hard_sigmoid": OnPaper(
        "y = slope * x + offset, from 0 to 1", _hard_sigmoid, _hard_sigmoid_slope
    ),
    "hard_silu": OnPaper("y = x times its hard sigmoid", _hard_silu, _hard_silu_slope),
    "softsign": OnPaper("y = x / (1 + |x|)", _softsign, _softsign_slope),
}


def function_of(name: str, own: Own) -> OnPaper | None:
    """The function of a name, None where its numbers make it another one."""
    return None if own.get("approximate") else FUNCTIONS.get(name)
