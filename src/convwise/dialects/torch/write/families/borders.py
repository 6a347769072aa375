"""Padding and cropping in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, literal
from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL
from convwise.kinds.padding import CenterCrop, Crop, Pad


def pad(kind: Pad, site: Site) -> Given:
    """`F.pad`, whose amounts begin with the last axis."""
    amounts = {site.source.locate(ref): sides for ref, sides in kind.amounts}
    order = site.order()
    if kind.mode != "constant":
        order = _inner(site, amounts)
    wanted = [amounts.get(axis, (0, 0)) for axis in order]
    while (
        wanted and wanted[0] == (0, 0) and (kind.mode == "constant" or len(wanted) + 2 > len(order))
    ):
        wanted.pop(0)
    sides = tuple([side for pair in reversed(wanted) for side in pair])
    if not sides:
        return Given(site.passed(), site.order())
    options: dict[str, object] = {}
    if kind.mode != "constant":
        options["mode"] = kind.mode
    elif kind.value:
        options["value"] = kind.value
    return Given(call("F.pad", site.arg(0, order), sides, **options), order)


def _inner(site: Site, amounts: dict[int, tuple[int, int]]) -> Order:
    """An order whose first two axes are not padded, as PyTorch wants when it repeats pixels."""
    order = site.order()
    padded = {axis for axis, sides in amounts.items() if sides != (0, 0)}
    if not padded & set(order[:2]) and len(order) <= 5:
        return order
    outer = [axis for axis in order if axis not in padded]
    if len(outer) < 2 or len(order) > 5:
        raise RuleError(
            "padding that repeats pixels along more axes than PyTorch pads so",
            hint="pad with a constant",
        )
    space = [axis for axis in order if axis not in outer[:2]]
    return (*outer[:2], *space)


def crop(kind: Crop, site: Site) -> Given:
    """Slices."""
    order = site.order()
    amounts = {order.index(site.source.locate(ref)): sides for ref, sides in kind.amounts}
    marks = []
    for place in range(len(order)):
        before, after = amounts.get(place, (0, 0))
        start = literal(before) if before else ""
        stop = literal(-after) if after else ""
        marks.append(f"{start}:{stop}")
    return Given(_cut(site.arg(inline=True), marks), order)


def center_crop(kind: CenterCrop, site: Site) -> Given:
    """Slices around the middle."""
    order = site.order()
    places = [place for place in range(site.source.rank) if site.source.axes[place].role in SPATIAL]
    marks = [":"] * len(order)
    for axis, out in zip(places[len(places) - len(kind.sizes) :], kind.sizes, strict=True):
        start = (site.source.axes[axis].dim - out) // 2
        stop = start + out
        marks[order.index(axis)] = f"{site.size(start)}:{site.size(stop)}"
    return Given(_cut(site.arg(inline=True), marks), order)


def _cut(text: Code, marks: list[str]) -> Code:
    while marks and marks[-1] == ":":
        marks.pop()
    return Code(f"{bracketed(text)}[{', '.join(marks)}]") if marks else text
