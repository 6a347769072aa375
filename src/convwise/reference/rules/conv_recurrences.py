"""An LSTM whose products are convolutions: images go in, a state of images goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from convwise.graph.axes import CHANNEL, Axis, Tensor
from convwise.kinds.conv_recurrent import ConvLSTM
from convwise.kinds.windows import SAME, Window, pads
from convwise.reference.arrays import along
from convwise.reference.cells import applied, survivors
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.windows import Slid, slid


class _Step(NamedTuple):
    """The new hidden and cell state; back: to the input, both states before, and the weights."""

    hidden: Array
    cell: Array
    back: Callable[[Array, Array], tuple[Array, Array, Array, dict[str, Array]]]


def conv_lstm(use: Use[ConvLSTM]) -> Pass:
    """i, f, g, o of W * x + U * h + b; c' = f c + i g; h' = o act(c'), * a convolution.

    Shi et al. (arXiv:1506.04214), without peepholes. Backward through time, step by step.
    """
    kind = use.kind
    time = use.source.position("time")
    frames = np.moveaxis(use.x, time, 0)
    if kind.backwards:
        frames = frames[::-1]
    rule = _Rule(use, time)
    states = rule.start()
    steps = []
    rates = (kind.input_dropout, kind.state_dropout) if use.training else (0.0, 0.0)
    m = survivors(use.random, rates[0], frames.shape[1:])
    k = survivors(use.random, rates[1], states[0].shape)
    for frame in frames:
        done = rule.step(frame * m, states[0] * k, states[1])
        states = (done.hidden, done.cell)
        steps.append(done)
    sequence = np.moveaxis(np.stack([one.hidden for one in steps]), 0, time)
    shown = {"sequence": sequence, "last": states[0], "hidden": states[0], "cell": states[1]}

    def backward(grads: tuple[Array, ...]) -> Gradients:
        d_each = np.zeros((len(steps), *states[0].shape))
        d_cell = np.zeros_like(states[1])
        for name, grad in zip(kind.returns, grads, strict=True):
            if name == "sequence":
                d_each += np.moveaxis(grad, time, 0)
            elif name == "cell":
                d_cell = d_cell + grad
            else:
                d_each[-1] += grad
        dx, d_hidden = np.zeros_like(frames), np.zeros_like(states[0])
        found: dict[str, Array] = {}
        for place in range(len(steps) - 1, -1, -1):
            d = d_hidden + d_each[place]
            d_frame, d_state, d_cell, weights = steps[place].back(d, d_cell)
            dx[place], d_hidden = d_frame * m, d_state * k
            for role, gradient in weights.items():
                found[role] = found[role] + gradient if role in found else gradient
        dx = dx[::-1] if kind.backwards else dx
        given = (d_hidden, d_cell) if len(use.inputs) > 1 else ()
        return Gradients((np.moveaxis(dx, 0, time), *given), found)

    return Pass(tuple([shown[name] for name in kind.returns]), backward)


class _Rule:
    """One step's convolutions, on frames without the time axis."""

    def __init__(self, use: Use[ConvLSTM], time: int) -> None:
        self.kind = use.kind
        self.weights = use.weights
        self.given = use.inputs[1:]
        self.frame = _without(use.source, time)
        made = (
            use.outputs[0]
            if "sequence" not in use.kind.returns
            else _without(use.outputs[use.kind.returns.index("sequence")], time)
        )
        self.state = Tensor(
            tuple([Axis(CHANNEL, use.kind.filters) if a.role == CHANNEL else a for a in made.axes])
        )
        space = self.state.spatial(len(use.kind.kernel))
        self.outs = [_whole(self.state.axes[place].dim) for place in space]
        self.place = self.state.position(CHANNEL)

    def start(self) -> tuple[Array, Array]:
        """The initial states, zeros where none are given."""
        if self.given:
            return self.given[0], self.given[1]
        shape = [_whole(dim) for dim in self.state.shape]
        return np.zeros(shape), np.zeros(shape)

    def step(self, frame: Array, hidden: Array, cell: Array) -> _Step:
        kind = self.kind
        first, second = self._input(frame), self._state(hidden)
        sums = first.y + second.y
        if kind.bias:
            sums = sums + along(self.weights["bias"], self.place, sums.ndim)
        parts = np.split(sums, 4, axis=self.place)
        (i, di), (f, df), (g, dg), (o, do) = [
            applied(kind.activation if which == 2 else kind.recurrent_activation, part)
            for which, part in enumerate(parts)
        ]
        new = f * cell + i * g
        t, dt = applied(kind.activation, new)

        def back(d_hidden: Array, d_new: Array) -> tuple[Array, Array, Array, dict[str, Array]]:
            total = d_new + d_hidden * o * dt
            gates = (total * g * di, total * cell * df, total * i * dg, d_hidden * t * do)
            d = np.concatenate(gates, axis=self.place)
            dx, dw = first.back(d)
            dh, du = second.back(d)
            found = {"kernel": dw[0], "recurrent_kernel": du[0]}
            if kind.bias:
                others = tuple([axis for axis in range(d.ndim) if axis != self.place])
                found["bias"] = d.sum(axis=others)
            return dx, dh, total * f, found

        return _Step(o * t, new, back)

    def _input(self, frame: Array) -> Slid:
        kind = self.kind
        windows = [
            Window(*one) for one in zip(kind.kernel, kind.stride, kind.dilation, strict=True)
        ]
        space = self.frame.spatial(len(kind.kernel))
        amounts = [
            _sides(pads(window, kind.padding, index, frame.shape[place]))
            for index, (window, place) in enumerate(zip(windows, space, strict=True))
        ]
        w = self.weights["kernel"][None]
        return slid(self.frame, frame, w, windows, amounts, self.outs)

    def _state(self, hidden: Array) -> Slid:
        """The same kernel size, one pixel at a time, padded to keep the size."""
        windows = [Window(size) for size in self.kind.kernel]
        amounts = [
            _sides(pads(window, SAME, index, size))
            for index, (window, size) in enumerate(zip(windows, self.outs, strict=True))
        ]
        w = self.weights["recurrent_kernel"][None]
        return slid(self.state, hidden, w, windows, amounts, self.outs)


def _without(tensor: Tensor, place: int) -> Tensor:
    return Tensor(tuple([axis for at, axis in enumerate(tensor.axes) if at != place]))


def _sides(amounts: tuple[Any, Any]) -> tuple[int, int]:
    before, after = amounts
    return _whole(before), _whole(after)


def _whole(dim: Any) -> int:
    assert isinstance(dim, int)
    return dim
