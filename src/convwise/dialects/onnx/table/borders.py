"""Padding, cropping, and blocks of pixels that become channels or come out of them."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    broken,
    chain,
    integers,
    one,
    plain,
    positions,
    sizes,
    tensor,
)
from convwise.dialects.onnx.table.views import IMAGE
from convwise.graph.axes import describe
from convwise.kinds.contract import Kind
from convwise.kinds.padding import Crop, Pad
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.kinds.views import Identity

_MODES: Final = {
    "constant": "constant",
    "reflect": "reflect",
    "edge": "replicate",
    "wrap": "circular",
}
Pair = tuple[int, int]


def _pad(op: Op) -> Built:
    """Amounts per axis, those before first; negative ones crop."""
    word = op.text("mode", "constant") or "constant"
    if word not in _MODES:
        raise broken(f'mode="{word}" of Pad is none of {", ".join(_MODES)}')
    rank = tensor(op).rank
    amounts = op.integers("pads") or () if op.version < 11 else integers(op, 1, "the padding")
    named = integers(op, 3, "the axes") if op.version >= 11 and op.has(3) else range(rank)
    axes = positions(op, named, rank)
    count = len(axes)
    if len(amounts) != 2 * count:
        raise broken(f"Pad has {len(amounts)} amounts for {count} axes, it needs two for each")
    pairs = {axis: (amounts[i], amounts[count + i]) for i, axis in enumerate(axes)}
    return chain(*padding(pairs, _MODES[word], _value(op), rank))


def _value(op: Op) -> float:
    """What a constant border holds: 0 unless said otherwise."""
    if op.version < 11:
        return float(op.number("value", 0.0))
    if not op.has(2):
        return 0.0
    found = plain(op.input(2).scalar)
    if found is None:
        raise NotClear("the value that Pad fills with is computed by the network")
    return float(found)


def padding(pairs: dict[int, Pair], mode: str, value: float, rank: int) -> list[Kind]:
    """Add what is positive, then cut off what is negative; a circle is cut before it is closed.

    Axes are named from the last, as they are when padding is said from there.
    """
    grown, cut = [
        tuple(
            [(axis - rank, pair) for axis in sorted(pairs) if any(pair := _part(pairs[axis], sign))]
        )
        for sign in (1, -1)
    ]
    kinds: list[Kind] = [Pad(grown, mode, value)] if grown else []
    if cut:
        kinds.insert(0 if mode == "circular" else len(kinds), Crop(cut))
    return kinds or [Identity()]


def _part(pair: Pair, sign: int) -> Pair:
    return max(sign * pair[0], 0), max(sign * pair[1], 0)


def _middle(op: Op) -> Built:
    """The middle of what is too large, zeros around what is too small; odd ones go to the end."""
    source = tensor(op)
    wanted = sizes(op, 1, "the shape")
    named = op.integers("axes")
    axes = positions(op, range(source.rank) if named is None else named, source.rank)
    if len(wanted) != len(axes):
        raise broken(f"CenterCropPad has {len(wanted)} sizes for {len(axes)} axes")
    pairs: dict[int, Pair] = {}
    for axis, size in zip(axes, wanted, strict=True):
        more = size - source.shape[axis]
        if type(more) is not int:
            raise NotClear("CenterCropPad of an open size")
        less = abs(more) // 2
        sign = 1 if more > 0 else -1
        pairs[axis] = (sign * less, sign * (abs(more) - less))
    return chain(*padding(pairs, "constant", 0.0, source.rank))


def _block(op: Op) -> int:
    found = op.integer("blocksize", 0)
    if found < 1:
        raise broken(f"{op.name} needs a blocksize of 1 or more, found {found}")
    if tensor(op).rank != 4:
        raise broken(f"{op.name} takes images with 4 axes, found {describe(tensor(op))}")
    return found


def _order(op: Op) -> str:
    """How channels are numbered: by their place in the block first (DCR), or last (CRD)."""
    word = op.text("mode", "DCR")
    if word not in ("DCR", "CRD"):
        raise broken(f'mode="{word}" of {op.name} is neither "DCR" nor "CRD"')
    return "block first" if word == "DCR" else "channel first"


def _to_space(op: Op) -> Built:
    return one(PixelShuffle(_block(op), _order(op)), 0, views=(IMAGE[2],))


def _to_depth(op: Op) -> Built:
    return one(PixelUnshuffle(_block(op), _order(op)), 0, views=(IMAGE[2],))


ENTRIES = (
    Entry("Pad", _pad),
    Entry("CenterCropPad", _middle),
    Entry("DepthToSpace", _to_space),
    Entry("SpaceToDepth", _to_depth),
)
