"""What ONNX's sliding windows say: sizes, strides and automatic padding; must name no operator."""

from __future__ import annotations

from typing import Final, NamedTuple

from convwise.dialects.onnx.op import Op
from convwise.dialects.onnx.table.entry import broken
from convwise.errors import RuleError
from convwise.kinds.windows import SAME, VALID, Padding

_WORDS: Final = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
_LARGEST: Final = 1 << 31


class Slides(NamedTuple):
    """A window, its steps and taps, and what is padded, per spatial axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Padding
    automatic: bool


def slides(op: Op, kernel: tuple[int, ...]) -> Slides:
    """The attributes that convolutions and pools share."""
    rank = len(kernel)
    word = automatic(op)
    ones = (1,) * rank
    return Slides(
        per_axis(op, "kernel_shape", kernel, rank, 1),
        per_axis(op, "strides", ones, rank, 1),
        per_axis(op, "dilations", ones, rank, 1),
        _padding(op, word, rank),
        word != "NOTSET",
    )


def per_axis(
    op: Op, name: str, default: tuple[int, ...], count: int, least: int
) -> tuple[int, ...]:
    """A list of whole numbers, one per axis; RuleError for another number of them."""
    found = op.integers(name, default) or default
    if len(found) != count or any(not least <= value < _LARGEST for value in found):
        raise RuleError(
            f"{name} of {op.name} must be {count} whole numbers of at least {least}, found {found}",
            hint="one for each axis of space; export the model again",
        )
    return found


def automatic(op: Op) -> str:
    """The word that says how much is padded."""
    word = op.text("auto_pad", "NOTSET") or "NOTSET"
    if word not in _WORDS:
        raise broken(f'auto_pad="{word}" of {op.name} is none of {", ".join(_WORDS)}')
    return word


def pads(op: Op, rank: int, least: int = 0) -> tuple[tuple[int, int], ...]:
    """Pixels (before, after) each axis: the file has all those before first."""
    found = per_axis(op, "pads", (0,) * (2 * rank), 2 * rank, least)
    return tuple(zip(found[:rank], found[rank:], strict=True))


def _padding(op: Op, word: str, rank: int) -> Padding:
    """SAME_UPPER puts an odd pixel at the end, SAME_LOWER at the beginning."""
    if word == "SAME_UPPER":
        return SAME
    if word == "SAME_LOWER":
        return Padding("same", odd="start")
    amounts = pads(op, rank) if word == "NOTSET" else ()
    return Padding("explicit", amounts) if any(map(any, amounts)) else VALID
