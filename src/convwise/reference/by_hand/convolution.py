"""A convolution on paper: patch, filter, a partial sum per channel, their sum, the bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convwise.graph.axes import CHANNEL
from convwise.kinds.convolution import Convolution
from convwise.reference.by_hand.channels import one_channel, other_axes, parts_by_channel, seen_by
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.geometry import Line, channel_first, lines, picked
from convwise.reference.by_hand.places import Place, spoken, spoken_weight
from convwise.reference.by_hand.sheet import Sheet, numbers
from convwise.reference.contract import Array, Use

_NAMES = {"out": "filter", "in": "input channel"}
_PADDED = "padded pixels, marked, count as zero"
_BORROWED = "padded pixels repeat pixels of the input"


class _Filters(NamedTuple):
    """Which channels each filter sees; kernels as (filters, channels of a filter, *taps)."""

    kernels: Array
    per_group: int
    deep: int

    def channels(self, filter_: int) -> list[int]:
        group = filter_ // self.per_group
        return list(range(group * self.deep, (group + 1) * self.deep))

    def that_see(self, channel: int) -> list[int]:
        group = channel // self.deep
        return list(range(group * self.per_group, (group + 1) * self.per_group))


def _filters(use: Use[Convolution]) -> _Filters:
    count, groups, deep = [int(one) for one in use.kind.split(use.operands)]  # type: ignore[arg-type]
    kernel = use.weights["kernel"]
    return _Filters(kernel.reshape(count, deep, *use.kind.kernel), count // groups, deep)


def _lines(use: Use[Convolution]) -> list[Line]:
    return lines(use.kind, use.source, use.kind.padding_mode)


def output_value(use: Use[Convolution], place: Place) -> Worked:
    """y[m] = sum over channels c and taps j of x[c, position + j] w[m, c, j] + b[m]."""
    source, kind = use.source, use.kind
    map_ = place[source.position(CHANNEL)]
    filters, windows = _filters(use), _lines(use)
    channels = filters.channels(map_)
    indices = {position: [index] for position, index in enumerate(place)}
    indices[source.position(CHANNEL)] = channels
    patch = picked(
        numbers(use.x),
        {**indices, **{one.position: one.reads[place[one.position]] for one in windows}},
    )
    kept = [one.position for one in windows]
    padding = None if patch.padding is None else channel_first(source, patch.padding, kept)
    left = Grid("patch of the input", channel_first(source, patch.values, kept), padding)
    rights = [
        Grid(f"filter {map_}, its slice for channel {channel}", one)
        for channel, one in zip(channels, filters.kernels[map_], strict=True)
    ]
    sheet = Sheet()
    names = [f"channel {channel}" for channel in channels]
    parts, over = parts_by_channel(names, left, rights, "channel")
    total = sheet.products(parts, over)
    formula = f"y[{map_}] = sum over channels c and taps j of x[c, j] w[{map_}, c, j]"
    if kind.bias:
        bias = float(use.weights["bias"][map_])
        sheet.added("add the bias", (f"sum over {over}", f"bias of map {map_}"), (total, bias))
        formula += f" + b[{map_}]"
    words = spoken(use.outputs[0], place, "map")
    note = _note(kind, patch.padding is not None)
    return sheet.worked(f"output value {words}", place, formula, note)


def _note(kind: Convolution, padded: bool) -> str:
    if padded:
        return _PADDED
    return _BORROWED if kind.padding_mode != "zeros" else ""


def weight_gradient(use: Use[Convolution], upstream: Arriving, role: str, place: Place) -> Worked:
    """dw[m, c, j] = sum over positions o of dy[m, o] x[c, o*stride - before + j*dilation]."""
    source, sheet = use.source, Sheet()
    channel = source.position(CHANNEL)
    filters, windows = _filters(use), _lines(use)
    flat = (
        np.ravel_multi_index(place[:2], use.weights["kernel"].shape[:2]) if role == "kernel" else 0
    )
    map_ = int(flat) // filters.deep if role == "kernel" else place[0]
    axes = other_axes(source)
    arriving = Grid(f"gradient arriving at map {map_}", upstream[0].take(map_, axis=channel))
    words = f"gradient of {spoken_weight(spec_of(use, role), place, _NAMES)}"
    if role == "bias":
        sheet.over_positions("", [arriving], axes)
        return sheet.worked(words, place, f"db[{map_}] = sum over positions of dy[{map_}]")
    seen = filters.channels(map_)[int(flat) % filters.deep]
    taps = dict(zip([one.position for one in windows], place[2:], strict=True))
    indices = {p.position: [reads[taps[p.position]] for reads in p.reads] for p in windows}
    met = one_channel(f"input channel {seen} at this tap", numbers(use.x), channel, seen, indices)
    sheet.over_positions("", [arriving, met], axes)
    tap = ", ".join([str(index) for index in place[2:]])
    formula = f"dw[{tap}] = sum over positions o of dy[{map_}, o] x[{seen}, what tap ({tap}) sees]"
    return sheet.worked(words, place, formula, _note(use.kind, met.padding is not None))


def input_gradient(use: Use[Convolution], upstream: Arriving, operand: int, place: Place) -> Worked:
    """dx[c, i] = sum over maps m and outputs o that see i through tap j of dy[m, o] w[m, c, j]."""
    source, windows, filters = use.source, _lines(use), _filters(use)
    channel = place[source.position(CHANNEL)]
    maps = filters.that_see(channel)
    pairs = {one.position: one.readers(place[one.position]) for one in windows}
    words = f"gradient of the value {spoken(source, place, 'channel')}"
    formula = "dx = sum over maps m and outputs o that see it through tap j of dy[m, o] w[m, j]"
    sheet = Sheet()
    if not all(pairs.values()):
        sheet.line("no window sees this value", "sum", Grid("gradients", np.zeros(0)))
        return sheet.worked(words, place, formula)
    indices: dict[int, Sequence[int | None]] = {p: [index] for p, index in enumerate(place)}
    indices[source.position(CHANNEL)] = maps
    for position, found in pairs.items():
        indices[position] = [output for output, _ in found]
    arriving = channel_first(source, picked(upstream[0], indices).values, list(pairs))
    taps = np.ix_(*[[tap for _, tap in found] for found in pairs.values()])
    rights = [
        Grid(
            f"filter {map_}, the weights that met it",
            filters.kernels[map_, channel % filters.deep][taps],
        )
        for map_ in maps
    ]
    left = Grid("gradient arriving", arriving)
    names = [f"map {map_}" for map_ in maps]
    sheet.products(*parts_by_channel(names, left, rights, "map"))
    return sheet.worked(words, place, formula, f"seen by the outputs at {seen_by(windows, pairs)}")


CONVOLUTION = ByHand(output_value, weight_gradient, input_gradient)
