"""A transposed convolution on paper: which stamps of which inputs fall on one output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convwise.graph.axes import CHANNEL
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windowed import made_windows
from convwise.reference.by_hand.channels import one_channel, other_axes, parts_by_channel, seen_by
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.geometry import Line, channel_first, picked
from convwise.reference.by_hand.places import Place, shape_of, spoken, spoken_weight
from convwise.reference.by_hand.sheet import Sheet, numbers
from convwise.reference.contract import Use

_NAMES = {"in": "input channel", "out": "map of the group"}
_CROPPED = "places outside of the output, marked, count as zero"


def _lines(use: Use[TransposedConvolution]) -> list[Line]:
    """Per axis: the output that each tap of each input's stamp falls on, None where cropped."""
    kind = use.kind
    windows = made_windows(kind.kernel, kind.stride, kind.dilation)
    sizes, outputs = shape_of(use.source), shape_of(use.outputs[0])
    found = []
    for order, position in enumerate(use.source.spatial(len(windows))):
        window, before = windows[order], kind.crop[order][0]
        reads = []
        for index in range(sizes[position]):
            start = index * window.stride - before
            fall = [start + tap * window.dilation for tap in range(window.kernel)]
            reads.append(tuple([o if 0 <= o < outputs[position] else None for o in fall]))
        found.append(Line(position, use.source.axes[position].role or "", tuple(reads)))
    return found


def _groups(use: Use[TransposedConvolution]) -> tuple[int, int]:
    """Maps and channels of one group."""
    channels = shape_of(use.source)[use.source.position(CHANNEL)]
    return use.kind.filters // use.kind.groups, channels // use.kind.groups


def output_value(use: Use[TransposedConvolution], place: Place) -> Worked:
    """y[m, o] = sum over channels c and stamps (i, j) on o of x[c, i] w[c, m, j] + b[m]."""
    source, windows = use.source, _lines(use)
    maps, deep = _groups(use)
    map_ = place[source.position(CHANNEL)]
    group = map_ // maps
    channels = list(range(group * deep, (group + 1) * deep))
    pairs = {one.position: one.readers(place[one.position]) for one in windows}
    sheet, over = Sheet(), "channels"
    formula = f"y[{map_}] = sum over channels c and stamps of x[c, i] w[c, {map_ % maps}, j]"
    if all(pairs.values()):
        indices = _indices(place, source.position(CHANNEL), channels)
        indices.update({p: [index for index, _ in found] for p, found in pairs.items()})
        met = picked(numbers(use.x), indices).values
        left = Grid("inputs whose stamps fall here", channel_first(source, met, list(pairs)))
        taps = np.ix_(*[[tap for _, tap in found] for found in pairs.values()])
        kernel = use.weights["kernel"][:, map_ % maps]
        rights = [
            Grid(f"the weights they stamp with, channel {c}", kernel[c][taps]) for c in channels
        ]
        names = [f"channel {channel}" for channel in channels]
        parts, over = parts_by_channel(names, left, rights, "channel")
        total = sheet.products(parts, over)
        note = f"stamps of the inputs at {seen_by(windows, pairs)} fall here"
    else:
        total = sheet.line("no stamp falls here", "sum", Grid("stamps", np.zeros(0)))
        note = ""
    if use.kind.bias:
        names = [f"sum over {over}", f"bias of map {map_}"]
        sheet.added("add the bias", names, (total, float(use.weights["bias"][map_])))
        formula += f" + b[{map_}]"
    words = spoken(use.outputs[0], place, "map")
    return sheet.worked(f"output value {words}", place, formula, note)


def _indices(place: Place, channel: int, channels: Sequence[int]) -> dict[int, Any]:
    """The place, but several channels."""
    return {**{axis: [index] for axis, index in enumerate(place)}, channel: list(channels)}


def weight_gradient(
    use: Use[TransposedConvolution], upstream: Arriving, role: str, place: Place
) -> Worked:
    """dw[c, m, j] = sum over inputs i of x[c, i] dy[m, i*stride - before + j*dilation]."""
    source, sheet, windows = use.source, Sheet(), _lines(use)
    channel, axes = source.position(CHANNEL), other_axes(source)
    words = f"gradient of {spoken_weight(spec_of(use, role), place, _NAMES)}"
    if role == "bias":
        arriving = upstream[0].take(place[0], axis=channel)
        sheet.over_positions("", [Grid(f"gradient arriving at map {place[0]}", arriving)], axes)
        formula = f"db[{place[0]}] = sum over positions of dy[{place[0]}]"
        return sheet.worked(words, place, formula)
    maps, deep = _groups(use)
    map_ = place[0] // deep * maps + place[1]
    taps = dict(zip([one.position for one in windows], place[2:], strict=True))
    indices = {p.position: [reads[taps[p.position]] for reads in p.reads] for p in windows}
    label = f"gradient of map {map_} where this tap's stamps fall"
    fallen = one_channel(label, upstream[0], channel, map_, indices)
    inputs = Grid(f"input channel {place[0]}", numbers(use.x.take(place[0], axis=channel)))
    sheet.over_positions("", [inputs, fallen], axes)
    tap = ", ".join([str(index) for index in place[2:]])
    formula = (
        f"dw[{tap}] = sum over inputs i of x[{place[0]}, i] dy[{map_}, where tap ({tap}) falls]"
    )
    return sheet.worked(words, place, formula, _CROPPED if fallen.padding is not None else "")


def input_gradient(
    use: Use[TransposedConvolution], upstream: Arriving, operand: int, place: Place
) -> Worked:
    """dx[c, i] = sum over maps m and taps j of dy[m, i*stride - before + j*dilation] w[c, m, j]."""
    source, windows = use.source, _lines(use)
    maps, deep = _groups(use)
    channel = place[source.position(CHANNEL)]
    group = channel // deep
    stamped = list(range(group * maps, (group + 1) * maps))
    indices = _indices(place, source.position(CHANNEL), stamped)
    indices.update({one.position: one.reads[place[one.position]] for one in windows})
    found = picked(upstream[0], indices)
    kept = [one.position for one in windows]
    padding = None if found.padding is None else channel_first(source, found.padding, kept)
    left = Grid("gradient under its stamp", channel_first(source, found.values, kept), padding)
    rights = [
        Grid(f"the stamp on map {map_}", one)
        for map_, one in zip(stamped, use.weights["kernel"][channel], strict=True)
    ]
    sheet = Sheet()
    sheet.products(*parts_by_channel([f"map {map_}" for map_ in stamped], left, rights, "map"))
    words = f"gradient of the value {spoken(source, place, 'channel')}"
    formula = "dx = sum over maps m and taps j of dy[m, where tap j falls] w[m, j]"
    return sheet.worked(words, place, formula, _CROPPED if padding is not None else "")


TRANSPOSED_CONVOLUTION = ByHand(output_value, weight_gradient, input_gradient)
