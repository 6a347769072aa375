"""Pooling on paper: the window and its largest value or mean; knows no framework."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import LpPool
from convwise.kinds.windows import pads
from convwise.reference.by_hand.channels import seen_by
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand
from convwise.reference.by_hand.geometry import Line, lines, picked
from convwise.reference.by_hand.places import Place, in_output, shape_of, spoken
from convwise.reference.by_hand.sheet import Sheet, numbers, single
from convwise.reference.contract import Array, Use

_NEVER_WINS = "padded pixels, marked, never win: they count as minus infinity"
_ZERO = "padded pixels, marked, count as zero"


def _lines(use: Use[Any]) -> list[Line]:
    return lines(use.kind, use.source)


def _adaptive(use: Use[AdaptivePool]) -> list[Line]:
    """Output o sees floor(o*in/out) up to, not including, ceil((o + 1)*in/out)."""
    sizes, outs = shape_of(use.source), shape_of(use.outputs[0])
    found = []
    for place in use.source.spatial(len(use.kind.sizes)):
        size, out = sizes[place], outs[place]
        reads = [tuple(range(o * size // out, -((o + 1) * size // -out))) for o in range(out)]
        found.append(Line(place, use.source.axes[place].role or "", tuple(reads)))
    return found


def _global(use: Use[GlobalPool]) -> list[Line]:
    sizes = shape_of(use.source)
    return [
        Line(place, use.source.axes[place].role or "", (tuple(range(sizes[place])),))
        for place in use.source.spatial()
    ]


def _window(use: Use[Any], place: Sequence[int], windows: list[Line], outside: float) -> Grid:
    """What the output at a place (with all axes of the input) sees."""
    indices: dict[int, Sequence[int | None]] = {axis: [at] for axis, at in enumerate(place)}
    indices.update({one.position: one.reads[place[one.position]] for one in windows})
    seen = picked(numbers(use.x), indices)
    gone = tuple(sorted(set(range(use.x.ndim)) - {one.position for one in windows}))
    if seen.padding is None:
        return Grid("window", seen.values.squeeze(gone))
    values = np.where(seen.padding, outside, seen.values)
    return Grid("window", values.squeeze(gone), seen.padding.squeeze(gone))


def _whole(use: Use[Any], place: Place, windows: list[Line]) -> Place:
    """A place of the output with the axes that the input has."""
    if len(place) == use.x.ndim:
        return place
    gone = {one.position for one in windows}
    left = iter(place)
    return tuple([0 if axis in gone else next(left) for axis in range(use.x.ndim)])


def _divisor(use: Use[Any], place: Place, windows: list[Line]) -> int:
    """What the sum over a window is divided by."""
    rule = "valid" if use.kind.name != "average_pool" else use.kind.divisor
    if isinstance(rule, int):
        return rule
    if rule == "valid":
        seen = [one.reads[place[one.position]] for one in windows]
        return prod([sum([index is not None for index in taps]) for taps in seen])
    count = 1
    for order, position, _, dim, window in use.kind.places(use.source):
        before, after = pads(window, use.kind.padding, order, dim)
        start = place[position] * window.stride - before
        ends = [start + tap * window.dilation for tap in range(window.kernel)]
        count *= sum([end < dim + after for end in ends])
    return count


def _maximum(use: Use[Any], place: Place, windows: list[Line]) -> Worked:
    sheet = Sheet()
    window = _window(use, _whole(use, place, windows), windows, -np.inf)
    sheet.largest("", window, [one.role for one in windows])
    words = spoken(use.outputs[0], place, "map")
    note = _NEVER_WINS if window.padding is not None else ""
    return sheet.worked(f"output value {words}", place, "y = max over the window of x", note)


def _mean(use: Use[Any], place: Place, windows: list[Line]) -> Worked:
    sheet = Sheet()
    whole = _whole(use, place, windows)
    window = _window(use, whole, windows, 0.0)
    total = sheet.over_positions("", [window], [one.role for one in windows])
    sheet.line(
        "divide by the number of pixels",
        "quotient",
        single("sum", total),
        single("divisor", _divisor(use, whole, windows)),
    )
    words = spoken(use.outputs[0], place, "map")
    note = _ZERO if window.padding is not None else ""
    return sheet.worked(f"output value {words}", place, "y = sum over the window of x / n", note)


def _norm(use: Use[LpPool], place: Place) -> Worked | None:
    """None of a window that hangs over the border, and of a sum below zero: it is no norm."""
    sheet, p = Sheet(), use.kind.p
    window = _window(use, place, _lines(use), 0.0)
    if use.kind.ceil and window.padding is not None:
        return None
    total = sheet.line(f"sum of powers {p:g}", "sum of powers", window, single("p", p))
    if total < 0:
        return None
    sheet.line("the root", "power", single("sum", total), single("1/p", 1 / p))
    words = spoken(use.outputs[0], place, "map")
    note = _ZERO if window.padding is not None else ""
    return sheet.worked(f"output value {words}", place, "y = (sum of x^p)^(1/p)", note)


def _kept_axes(use: Use[Any], upstream: Arriving, windows: list[Line]) -> Array:
    """The gradient with all axes of the input, those that were pooled away of size one."""
    arriving = upstream[0]
    if arriving.ndim == use.x.ndim:
        return arriving
    return np.expand_dims(arriving, tuple([one.position for one in windows]))


def _seeing(place: Place, windows: list[Line]) -> list[Place]:
    """Outputs whose windows hold an input, each with all axes of the input."""
    pairs = [one.readers(place[one.position]) for one in windows]
    found = []
    for outputs in product(*pairs):
        whole = list(place)
        for one, (index, _) in zip(windows, outputs, strict=True):
            whole[one.position] = index
        found.append(tuple(whole))
    return found


def _gathered(
    use: Use[Any], upstream: Arriving, place: Place, windows: list[Line], factor: Grid, note: str
) -> Worked:
    """The sum over all windows that hold the input of their gradient times a factor."""
    arriving = _kept_axes(use, upstream, windows)
    pairs = {one.position: one.readers(place[one.position]) for one in windows}
    places = _seeing(place, windows)
    gradients = np.array([arriving[one] for one in places])
    shape = [len(found) for found in pairs.values()]
    sheet = Sheet()
    if places:
        grids = [Grid("gradient arriving", gradients.reshape(shape))]
        sheet.over_positions(
            "", [*grids, factor._replace(values=factor.values.reshape(shape))], _roles(windows)
        )
        note = f"in the windows of the outputs at {seen_by(windows, pairs)}; {note}"
    else:
        sheet.line("no window sees this value", "sum", Grid("gradients", np.zeros(0)))
    words = spoken(use.source, place, "channel")
    formula = "dx = sum over windows that hold it of dy times the share it has in the window"
    return sheet.worked(f"gradient of the value {words}", place, formula, note)


def _roles(windows: list[Line]) -> list[str]:
    return [one.role for one in windows]


def _of_maximum(use: Use[Any], upstream: Arriving, place: Place, windows: list[Line]) -> Worked:
    """Each window passes its gradient to its maximum."""
    seeing = _seeing(place, windows)
    mine = [_share_of_maximum(use, output, place, windows) for output in seeing]
    maxima = [_window(use, output, windows, -np.inf).values.max() for output in seeing]
    listed = ", ".join([f"{float(one):.4g}" for one in maxima[:9]])
    factor = Grid("1 where it is the window's maximum", np.array(mine))
    note = f"the value is {float(use.x[place]):.4g}, the maxima of the windows are {listed}"
    return _gathered(use, upstream, place, windows, factor, note)


def _share_of_maximum(use: Use[Any], output: Place, place: Place, windows: list[Line]) -> float:
    """Of several equal maxima the first one takes all; in global pooling they share."""
    window = _window(use, output, windows, -np.inf)
    if use.kind.name == "global_pool":
        equal = window.values == window.values.max()
        return float(use.x[place] == window.values.max()) / int(equal.sum())
    return float(_first_maximum(window, output, windows) == tuple(place))


def _first_maximum(window: Grid, output: Place, windows: list[Line]) -> Place:
    """Where in the input the first maximum of a window is."""
    first = np.unravel_index(int(window.values.argmax()), window.values.shape)
    found = list(output)
    for one, tap in zip(windows, first, strict=True):
        index = one.reads[output[one.position]][tap]
        assert index is not None
        found[one.position] = index
    return tuple(found)


def _of_mean(use: Use[Any], upstream: Arriving, place: Place, windows: list[Line]) -> Worked:
    """Each window passes to each of its values its share of the gradient."""
    shares = [1 / _divisor(use, output, windows) for output in _seeing(place, windows)]
    factor = Grid("1 / pixels that each window divides by", np.array(shares))
    return _gathered(use, upstream, place, windows, factor, "")


def _winner(use: Use[Any], windows: list[Line]) -> Place:
    """Where the maximum of a window in the middle is."""
    output = _whole(use, in_output(use.outputs[0]), windows)
    return _first_maximum(_window(use, output, windows, -np.inf), output, windows)


def _by_mode(windows_of: Any) -> ByHand:
    """Pooling by its `mode`: "max" or "average"."""

    def output(use: Use[Any], place: Place) -> Worked:
        return (_maximum if use.kind.mode == "max" else _mean)(use, place, windows_of(use))

    def gradient(use: Use[Any], upstream: Arriving, operand: int, place: Place) -> Worked:
        rule = _of_maximum if use.kind.mode == "max" else _of_mean
        return rule(use, upstream, place, windows_of(use))

    return ByHand(output, None, gradient, None, lambda use, operand: _winner(use, windows_of(use)))


MAX_POOL: ByHand = ByHand(
    lambda use, place: _maximum(use, place, _lines(use)),
    None,
    lambda use, upstream, operand, place: _of_maximum(use, upstream, place, _lines(use)),
    None,
    lambda use, operand: _winner(use, _lines(use)),
)
AVERAGE_POOL: ByHand = ByHand(
    lambda use, place: _mean(use, place, _lines(use)),
    None,
    lambda use, upstream, operand, place: _of_mean(use, upstream, place, _lines(use)),
)
LP_POOL = ByHand(_norm)
ADAPTIVE_POOL = _by_mode(_adaptive)
GLOBAL_POOL = _by_mode(_global)
