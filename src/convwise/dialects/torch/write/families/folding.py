"""Windows as channels in PyTorch: `F.unfold`, `F.fold` and `Tensor.unfold`."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.space import (
    amounts_of,
    folded,
    paddings,
    spread,
    symmetric,
)
from convwise.dialects.torch.write.site import Given, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE
from convwise.kinds.fold import Fold, SlidingWindows, Unfold
from convwise.kinds.windowed import taps


def unfold(kind: Unfold, site: Site) -> Given:
    """`F.unfold`, which knows two axes; a sequence is an image of one row."""
    _must_be_flat(len(kind.kernel))
    found = spread(site, len(kind.kernel))
    text = found.text
    pads = paddings(kind, site)
    inside = symmetric(pads)
    if inside is None:
        text, inside = call("F.pad", text, amounts_of(pads)), (0,) * len(pads)
    if len(kind.kernel) == 1:
        text = method(text, "unsqueeze", -2)
    options = _options(kind.kernel, kind.stride, kind.dilation, inside)
    text = call("F.unfold", text, **options)
    return _arranged(kind, site, folded(text, found), found.order)


def _must_be_flat(count: int) -> None:
    if count > 2:
        raise RuleError(
            f"windows over {count} axes: PyTorch lays out windows over 1 or 2",
            hint="use a convolution, or lay out two axes at a time",
        )


def _options(
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[int, ...],
) -> dict[str, object]:
    """What is not the default; of a sequence with a height of one."""
    fill = 2 - len(kernel)
    found: dict[str, object] = {"kernel_size": tuple_or_number((1,) * fill + kernel)}
    if set(dilation) != {1}:
        found["dilation"] = tuple_or_number((1,) * fill + dilation)
    if any(padding):
        found["padding"] = tuple_or_number((0,) * fill + padding)
    if set(stride) != {1}:
        found["stride"] = tuple_or_number((1,) * fill + stride)
    return found


def _arranged(kind: Unfold, site: Site, text: Code, order: orders.Order) -> Given:
    """From channels numbered channel first, and windows in a row, to what the kind says."""
    spatial = site.source.spatial(len(kind.kernel))
    if kind.order == "block first":
        channels = site.size(site.source.dim(CHANNEL))
        parts = Code(f"({channels}, {literal(taps(kind.kernel))})")
        text = method(text, "unflatten", -2, parts)
        text = method(method(text, "transpose", -3, -2), "flatten", -3, -2)
    if kind.in_row:
        return Given(text, orders.without(order, spatial[1:]))
    counts = [site.size(site.made.axes[place].dim) for place in spatial]
    return Given(method(text, "unflatten", -1, Code(f"({', '.join(counts)},)")), order)


def fold(kind: Fold, site: Site) -> Given:
    """`F.fold`, which knows two axes; a sequence is an image of one row."""
    count = len(kind.kernel)
    _must_be_flat(count)
    source = site.source
    channel, row = source.position(CHANNEL), source.position(FEATURE)
    lead = [place for place in site.order() if place not in (channel, row)]
    now = (*lead, channel, row)
    several = len(lead) > 1
    text = site.named(0, now) if several else site.arg(0, now)
    shape = Code(f"{text}.shape[:{literal(len(lead))}]")
    if several:
        text = method(text, "flatten", 0, len(lead) - 1)
    sizes = ["1"] * (2 - count) + [site.size(size) for size in kind.sizes]
    options = _options(kind.kernel, kind.stride, kind.dilation, kind.padding)
    text = call("F.fold", text, Code(f"({', '.join(sizes)})"), **options)
    if count == 1:
        text = method(text, "squeeze", -2)
    if several:
        text = method(text, "unflatten", 0, shape)
    moved = [place + (count - 1 if place > row else 0) for place in (*lead, channel)]
    return Given(text, (*moved, *range(row, row + count)))


def sliding_windows(kind: SlidingWindows, site: Site) -> Given:
    """`Tensor.unfold`."""
    place = site.place(kind.axis)
    text = method(site.arg(inline=True), "unfold", place, kind.size, kind.step)
    return Given(text, (*site.order(), site.source.rank))
