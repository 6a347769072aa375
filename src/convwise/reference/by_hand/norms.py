"""Normalisation on paper: mean, variance, normalised value, scale and centre, line by line."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.places import Place, spoken, spoken_weight
from convwise.reference.by_hand.sheet import Sheet, numbers, single
from convwise.reference.by_hand.statistics import Group, given, group, moving, normalised, own
from convwise.reference.contract import Array, Use


class _Normal(NamedTuple):
    """A value without its mean, divided by the divisor; and the divisor."""

    value: float
    divisor: float


def _normal(sheet: Sheet, use: Use[Any], place: Place) -> _Normal:
    x = float(use.x[place])
    if use.kind.name == "unit_norm":
        divisor = _length(sheet, use, place)
    elif use.kind.name == "rms_norm":
        values = Grid("values", group(use, place).of(use.x))
        divisor = _root(sheet, use, _mean(sheet, use, place, "mean square", [values, values]))
    else:
        mean, variance = _mean_and_variance(sheet, use, place)
        names = single("input", x), single("mean", mean)
        x = sheet.line("subtract the mean", "difference", *names)
        divisor = _root(sheet, use, variance)
    grids = single("value", x), single("divisor", divisor)
    return _Normal(sheet.line("normalise", "quotient", *grids), divisor)


def _mean_and_variance(sheet: Sheet, use: Use[Any], place: Place) -> tuple[float, float]:
    if moving(use):
        at = own(use, place)
        return float(use.weights["moving_mean"][at]), float(use.weights["moving_variance"][at])
    values = group(use, place).of(use.x)
    mean = _mean(sheet, use, place, "mean", [Grid("values", values)])
    away = Grid("values less their mean", values - mean)
    return mean, _mean(sheet, use, place, "variance", [away, away])


def _mean(sheet: Sheet, use: Use[Any], place: Place, name: str, factors: list[Grid]) -> float:
    """The mean of values or of products, of all that are measured together."""
    axes = group(use, place).axes
    total = sheet.over_positions(f"for the {name}", factors, axes)
    count = single("how many", factors[0].values.size)
    return sheet.line(name, "quotient", single("sum", total), count)


def _root(sheet: Sheet, use: Use[Any], square: float) -> float:
    more = sheet.added("add epsilon", ("variance", "epsilon"), (square, use.kind.epsilon))
    return sheet.line("the root of it", "square root", single("sum", more))


def _length(sheet: Sheet, use: Use[Any], place: Place) -> float:
    """The Euclidean length, at least epsilon."""
    mine = group(use, place)
    values = Grid("values", mine.of(use.x))
    total = sheet.over_positions("for the length", [values, values], mine.axes)
    length = sheet.line("the length", "square root", single("sum of squares", total))
    smallest = single("epsilon", use.kind.epsilon)
    return sheet.line("at least epsilon", "maximum", single("length", length), smallest)


def output_value(use: Use[Any], place: Place) -> Worked | None:
    """y = (x - mean)/sqrt(variance + epsilon)*gamma + beta, with the statistics of its group."""
    if not _on_paper(use):
        return None
    sheet = Sheet()
    value = _normal(sheet, use, place).value
    at = own(use, place)
    scale, centre = given(use, "gamma", 1), given(use, "beta", 2)
    if scale is not None:
        factors = single("normalised", value), single("gamma", scale[at])
        value = sheet.line("scale", "product", *factors)
    if centre is not None:
        sheet.added("centre", ("scaled", "beta"), (value, float(centre[at])))
    words = spoken(use.outputs[0], place, "channel")
    note = "mean and variance are those kept from training" if moving(use) else ""
    return sheet.worked(f"output value {words}", place, _formula(use), note)


def _on_paper(use: Use[Any]) -> bool:
    return use.kind.name != "unit_norm" or bool(use.kind.order == 2)


def _formula(use: Use[Any]) -> str:
    """As a textbook has it, with the scale and the centre that there are."""
    scale = " * gamma" if given(use, "gamma", 1) is not None else ""
    centre = " + beta" if given(use, "beta", 2) is not None else ""
    match use.kind.name:
        case "unit_norm":
            return "y = x / sqrt(sum of x^2)"
        case "rms_norm":
            return f"y = x / sqrt(mean of x^2 + epsilon){scale}"
        case _:
            return f"y = (x - mean) / sqrt(variance + epsilon){scale}{centre}"


def weight_gradient(use: Use[Any], upstream: Arriving, role: str, place: Place) -> Worked | None:
    """dgamma = sum of dy * normalised x over all that it scales; dbeta = sum of dy."""
    spec = spec_of(use, role)
    if spec.statistic:
        return None
    scaled = dict(zip(use.kind.weighted(use.source), place, strict=True))
    index = tuple([scaled.get(axis, slice(None)) for axis in range(use.x.ndim)])
    axes = [use.source.axes[a].role or f"axis {a}" for a in range(use.x.ndim) if a not in scaled]
    factors = [Grid("gradient arriving", upstream[0][index])]
    formula = "dbeta = sum over examples and positions of dy"
    if role == "gamma":
        factors.append(Grid("normalised input", normalised(use)[index]))
        formula = "dgamma = sum over examples and positions of dy * normalised x"
    sheet = Sheet()
    sheet.over_positions("", factors, axes)
    return sheet.worked(f"gradient of {spoken_weight(spec, place, {})}", place, formula)


def input_gradient(use: Use[Any], upstream: Arriving, operand: int, place: Place) -> Worked | None:
    """dx = (g - mean of g - n * mean of g n) / divisor, g = dy * gamma and n the normalised x."""
    if operand or not _on_paper(use):
        return None
    sheet = Sheet()
    words = f"gradient of the value {spoken(use.source, place, 'channel')}"
    if moving(use):
        normal = _Normal(0.0, _root(sheet, use, _mean_and_variance(sheet, use, place)[1]))
    else:
        normal = _normal(sheet, use, place)
    scale = given(use, "gamma", 1)
    mine = float(upstream[0][place])
    if scale is not None:
        factors = single("gradient arriving", mine), single("gamma", scale[own(use, place)])
        mine = sheet.line("g: through the scale", "product", *factors)
    if not moving(use):
        mine = _through_statistics(sheet, use, upstream[0], place, normal.value, mine)
    grids = single("gradient", mine), single("divisor", normal.divisor)
    sheet.line("through the divisor", "quotient", *grids)
    return sheet.worked(words, place, _gradient_formula(use))


def _gradient_formula(use: Use[Any]) -> str:
    if moving(use):
        return "dx = g / sqrt(variance + epsilon), g = dy * gamma"
    match use.kind.name:
        case "unit_norm":
            return "dx = (g - n * sum of g*n) / length, n = x / length, g = dy"
        case "rms_norm":
            return "dx = (g - n * mean of g*n) / divisor, n = x / divisor, g = dy * gamma"
        case _:
            return (
                "dx = (g - mean of g - n * mean of g*n) / divisor, n the normalised x, "
                "g = dy * gamma: every value also moves the mean and the variance"
            )


def _through_statistics(
    sheet: Sheet, use: Use[Any], dy: Array, place: Place, normal: float, mine: float
) -> float:
    """What is left of the gradient g when the statistics' own share is taken away."""
    together: Group = group(use, place)
    gradients = Grid("g of all", together.of(dy * _scales(use)))
    all_normal = Grid("normalised values of all", together.of(normalised(use)))
    left = mine
    if use.kind.name not in ("unit_norm", "rms_norm"):
        mean = _mean(sheet, use, place, "mean of g", [gradients])
        left = sheet.line("less that mean", "difference", single("g", mine), single("mean", mean))
    if use.kind.name == "unit_norm":
        both = sheet.over_positions("g * n", [gradients, all_normal], together.axes)
    else:
        both = _mean(sheet, use, place, "mean of g * n", [gradients, all_normal])
    share = sheet.line("its own share", "product", single("n", normal), single("of g * n", both))
    grids = single("g", left), single("share", share)
    return sheet.line("less its own share", "difference", *grids)


def _scales(use: Use[Any]) -> Array:
    """The scale, to be multiplied with the whole input; 1 where there is none."""
    scale = given(use, "gamma", 1)
    if scale is None:
        return np.ones(1)
    axes = use.kind.weighted(use.source)
    order = np.argsort(axes)
    shape = [use.x.shape[axis] if axis in axes else 1 for axis in range(use.x.ndim)]
    return numbers(scale.transpose(order).reshape(shape))


_NORM = ByHand(output_value, weight_gradient, input_gradient)
BATCH_NORM = GROUP_NORM = INSTANCE_NORM = LAYER_NORM = RMS_NORM = UNIT_NORM = _NORM
