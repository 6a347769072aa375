"""One step of a recurrent cell and its way back; knows no sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from convwise.kinds.activation import FUNCTIONS
from convwise.kinds.recurrent_cells import Cell
from convwise.reference.contract import Array
from convwise.reference.functions import value_and_slope

States = tuple[Array, ...]


class Back(NamedTuple):
    """What a step passes back: to its input, to the states before it, to its weights by role."""

    x: Array
    states: States
    weights: Mapping[str, Array]


class Step(NamedTuple):
    """The new states, hidden first, and the way back from their gradients."""

    states: States
    back: Callable[[States], Back]


def applied(name: str, x: Array) -> tuple[Array, Array]:
    """An activation with its usual numbers, and its slope."""
    return value_and_slope(name, dict(FUNCTIONS[name].defaults), x)


def survivors(random: np.random.Generator, rate: float, shape: tuple[int, ...]) -> Array:
    """A mask of dropout: zeros with probability `rate`, the others scaled up; ones without a rate.

    Within a sequence the same mask serves every step (Gal and Ghahramani, arXiv:1512.05287).
    """
    if not rate:
        return np.ones(())
    stays = random.random(shape) >= rate
    found: Array = stays / (1 - rate) if rate < 1 else np.zeros(shape)
    return found


def step(cell: Cell, weights: Mapping[str, Array], x: Array, states: States) -> Step:
    """One step; x: (batch, features), states: (batch, size) each, weights by role."""
    return _STEPS[cell.name](cell, weights, x, states)


class _Product(NamedTuple):
    """The sums W x + b and U h + c of all gates, and the gradients behind them."""

    of_input: Array
    of_state: Array
    back: Callable[[Array, Array], tuple[Array, Array, dict[str, Array]]]


def _products(cell: Cell, weights: Mapping[str, Array], x: Array, h: Array) -> _Product:
    """Both sums apart, as a GRU needs them: (batch, gates*units)."""
    w, u = (
        weights["kernel"],
        weights["recurrent_kernel"],
    )  # (gates*units, in), (gates*units, hidden)
    joined = cell.bias_sets == 2 and cell.joined_bias
    b = np.zeros(len(w)) if not cell.bias else weights["bias"][0] if joined else weights["bias"]
    c = np.zeros(len(w))
    if cell.bias and cell.bias_sets == 2:
        c = weights["bias"][1] if joined else weights["recurrent_bias"]

    def back(d_input: Array, d_state: Array) -> tuple[Array, Array, dict[str, Array]]:
        found = {"kernel": d_input.T @ x, "recurrent_kernel": d_state.T @ h}
        sums = [d_input.sum(axis=0), d_state.sum(axis=0)][: cell.bias_sets if cell.bias else 0]
        if joined and cell.bias:
            found["bias"] = np.stack(sums)
        else:
            found.update(zip(("bias", "recurrent_bias"), sums, strict=False))
        return d_input @ w, d_state @ u, found

    return _Product(x @ w.T + b, h @ u.T + c, back)


def _simple(cell: Cell, weights: Mapping[str, Array], x: Array, states: States) -> Step:
    """h' = act(W x + b + U h + c)."""
    sums = _products(cell, weights, x, states[0])
    h, slope = applied(cell.activation, sums.of_input + sums.of_state)

    def back(grads: States) -> Back:
        d = grads[0] * slope
        dx, dh, found = sums.back(d, d)
        return Back(dx, (dh,), found)

    return Step((h,), back)


def _lstm(cell: Cell, weights: Mapping[str, Array], x: Array, states: States) -> Step:
    """i, f, g, o of W x + b + U h + c; c' = f c + i g; h' = o act(c'), projected where asked.

    Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).
    """
    h, c = states
    sums = _products(cell, weights, x, h)
    parts = np.split(sums.of_input + sums.of_state, 4, axis=1)
    (i, di), (f, df), (g, dg), (o, do) = [
        applied(cell.activation if place == 2 else cell.recurrent_activation, part)
        for place, part in enumerate(parts)
    ]
    new = f * c + i * g
    t, dt = applied(cell.activation, new)
    shown = o * t
    made = shown @ weights["projection"].T if cell.projection else shown

    def back(grads: States) -> Back:
        d_made, d_new = grads
        found: dict[str, Array] = {}
        d_shown = d_made
        if cell.projection:
            found["projection"] = d_made.T @ shown
            d_shown = d_made @ weights["projection"]
        total = d_new + d_shown * o * dt
        gates = (total * g * di, total * c * df, total * i * dg, d_shown * t * do)
        d = np.concatenate(gates, axis=1)
        dx, dh, passed = sums.back(d, d)
        return Back(dx, (dh, total * f), {**passed, **found})

    return Step((made, new), back)


def _gru(cell: Cell, weights: Mapping[str, Array], x: Array, states: States) -> Step:
    """r, z of the sums; n = act(W x + b + r (U h + c)); h' = (1 - z) n + z h.

    Cho et al. (arXiv:1406.1078). With `reset_after` false the reset comes before the product:
    n = act(W x + b + U (r h) + c).
    """
    (h,) = states
    sums = _products(cell, weights, x, h)
    first, second, last = np.split(np.arange(sums.of_input.shape[1]), 3)
    reset, update = (second, first) if cell.update_first else (first, second)
    gates = sums.of_input + sums.of_state
    r, dr = applied(cell.recurrent_activation, gates[:, reset])
    z, dz = applied(cell.recurrent_activation, gates[:, update])
    u = weights["recurrent_kernel"][last]  # (units, hidden)
    late = sums.of_state[:, last]
    shift = late - h @ u.T  # the recurrent bias alone
    inner = r * late if cell.reset_after else (r * h) @ u.T + shift
    n, dn = applied(cell.activation, sums.of_input[:, last] + inner)

    def back(grads: States) -> Back:
        (dy,) = grads
        d_new = dy * (1 - z) * dn
        d_update = dy * (h - n) * dz
        early = d_new @ u
        d_reset = (d_new * late if cell.reset_after else early * h) * dr
        d_input, d_state = np.zeros_like(gates), np.zeros_like(gates)
        for rows, d in ((reset, d_reset), (update, d_update)):
            d_input[:, rows] = d_state[:, rows] = d
        d_input[:, last] = d_new
        d_state[:, last] = d_new * r if cell.reset_after else d_new
        dx, dh, found = sums.back(d_input, d_state)
        if not cell.reset_after:
            # The last rows multiply r h, not h.
            dh = dh - early + early * r
            found["recurrent_kernel"][last] = d_new.T @ (r * h)
        return Back(dx, (dh + dy * z,), found)

    return Step(((1 - z) * n + z * h,), back)


_STEPS = {"simple": _simple, "lstm": _lstm, "gru": _gru}
