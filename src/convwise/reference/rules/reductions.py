"""Whole axes taken together: means, sums, extremes; and the same up to each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from convwise.kinds.reduce import Reduce
from convwise.kinds.running import Running
from convwise.reference.contract import Array, Gradients, Pass, Use

Axes = tuple[int, ...]
#: The reduced values with axes kept at size 1, and dx/dy from (x, y, axes).
_FLAT: Final[dict[str, Callable[[Array, Axes], Array]]] = {
    "any": lambda x, axes: np.asarray(x.astype(bool).any(axis=axes, keepdims=True)),
    "all": lambda x, axes: np.asarray(x.astype(bool).all(axis=axes, keepdims=True)),
    "count": lambda x, axes: (x != 0).sum(axis=axes, keepdims=True),
}


def reduce(use: Use[Reduce]) -> Pass:
    """One number of all values along the axes; the gradient goes to those that made it."""
    axes = tuple(sorted([use.source.locate(ref) for ref in use.kind.axes]))
    made: tuple[int, ...] = use.outputs[0].shape  # type: ignore[assignment]
    if use.kind.op in ("argmax", "argmin"):
        return Pass((_place(use.x, use.kind.op, axes).reshape(made),), _none)
    if use.kind.op in _FLAT:
        return Pass((_FLAT[use.kind.op](use.x, axes).reshape(made),), _none)
    y, slope = _reduced(use.x, use.kind, axes)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if use.x.dtype != np.float64:
            return Gradients((None,))
        return Gradients((np.broadcast_to(grads[0].reshape(y.shape) * slope, use.x.shape),))

    return Pass((y.reshape(made),), backward)


def _none(grads: tuple[Array, ...]) -> Gradients:
    return Gradients((None,))


def _place(x: Array, op: str, axes: Axes) -> Array:
    """The first place of the extreme, counted through all the axes in order."""
    last = np.moveaxis(x, axes, range(-len(axes), 0))
    flat = last.reshape(*last.shape[: x.ndim - len(axes)], -1)
    found: Array = flat.argmax(axis=-1) if op == "argmax" else flat.argmin(axis=-1)
    return found


def _reduced(x: Array, kind: Reduce, axes: Axes) -> tuple[Array, Array]:
    """y and dy/dx, both to be stretched over the axes."""
    count = int(np.prod([x.shape[axis] for axis in axes]))
    match kind.op:
        case "sum":
            return x.sum(axis=axes, keepdims=True), np.ones(())
        case "mean":
            return x.mean(axis=axes, keepdims=True), np.full((), 1 / count)
        case "max" | "min":
            best = x.max if kind.op == "max" else x.min
            y = best(axis=axes, keepdims=True)
            return y, (x == y) / (x == y).sum(axis=axes, keepdims=True)
        case "prod":
            return x.prod(axis=axes, keepdims=True), _others(x, axes)
        case "logsumexp":
            top = x.max(axis=axes, keepdims=True)
            y = top + np.log(np.exp(x - top).sum(axis=axes, keepdims=True))
            return y, np.exp(x - y)
    centred = x - x.mean(axis=axes, keepdims=True)
    var = (centred**2).sum(axis=axes, keepdims=True) / (count - kind.correction)
    slope = 2 * centred / (count - kind.correction)
    if kind.op == "var":
        return var, slope
    deviation = np.sqrt(var)
    # Equal values have no slope: 0 as in PyTorch, instead of 0/0.
    with np.errstate(divide="ignore", invalid="ignore"):
        return deviation, np.where(deviation == 0, 0.0, slope / (2 * deviation))


def _others(x: Array, axes: Axes) -> Array:
    """The product of all other values along the axes, also where some are 0."""
    zeros = (x == 0).sum(axis=axes, keepdims=True)
    rest = np.where(x == 0, 1.0, x).prod(axis=axes, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        single = np.where(zeros == 0, rest / x, 0.0)
    return np.where((x == 0) & (zeros == 1), rest, single)


def running(use: Use[Running]) -> Pass:
    """The same of all values up to each one: the gradient of a value gathers from there on."""
    axis = use.source.locate(use.kind.axis)
    x = np.moveaxis(use.x, axis, 0)
    if use.kind.op in ("max", "min"):
        return _extreme_so_far(use, x, axis)
    y, back = _running(use.kind.op, x)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if use.x.dtype != np.float64:
            return Gradients((None,))
        return Gradients((np.moveaxis(back(np.moveaxis(grads[0], axis, 0)), 0, axis),))

    return Pass((np.moveaxis(y, 0, axis),), backward)


def _from_there_on(values: Array) -> Array:
    found: Array = values[::-1].cumsum(axis=0)[::-1]
    return found


def _running(op: str, x: Array) -> tuple[Array, Callable[[Array], Array]]:
    if op == "sum":
        return x.cumsum(axis=0), _from_there_on
    if op == "prod":
        y = x.cumprod(axis=0)
        return y, lambda dy: _products_back(x, dy)
    y = np.logaddexp.accumulate(x, axis=0)
    return y, lambda dy: _sums_back(x, y, dy)


def _products_back(x: Array, dy: Array) -> Array:
    """dx[i] = sum over j >= i of dy[j] times the product of all x up to j but x[i]."""
    dx = np.zeros_like(x)
    for i in range(len(x)):
        others = x.copy()
        others[i] = 1.0
        dx[i] = (dy * others.cumprod(axis=0))[i:].sum(axis=0)
    return dx


def _sums_back(x: Array, y: Array, dy: Array) -> Array:
    """dx[i] = sum over j >= i of dy[j] exp(x[i] - y[j])."""
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = (dy[i:] * np.exp(x[i] - y[i:])).sum(axis=0)
    return dx


def _extreme_so_far(use: Use[Running], x: Array, axis: int) -> Pass:
    """The extreme and where it stood: of equal ones the last."""
    better = np.greater_equal if use.kind.op == "max" else np.less_equal
    best, where = x[0], np.zeros(x.shape[1:], dtype=np.int64)
    values, places = [best], [where]
    for step in range(1, len(x)):
        wins = better(x[step], best)
        best, where = np.where(wins, x[step], best), np.where(wins, step, where)
        values.append(best)
        places.append(where)
    found = np.stack(places)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx = np.zeros(x.shape)
        rest = np.indices(x.shape)[1:]
        np.add.at(dx, (found, *rest), np.moveaxis(grads[0], axis, 0))
        return Gradients((np.moveaxis(dx, 0, axis),))

    outputs = (np.moveaxis(np.stack(values), 0, axis), np.moveaxis(found, 0, axis))
    return Pass(outputs, backward)
