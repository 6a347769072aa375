"""Parts and copies of tensors in PyTorch."""

from __future__ import annotations

import builtins

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.merges import raised
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import Axis
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.slicing import Cut, Repeat, Slice


def slice(kind: Slice, site: Site) -> Given:
    """Indexing; a part taken backwards is flipped first."""
    order = site.order()
    cuts: dict[int, Cut] = dict(enumerate(kind.cuts))
    text = site.arg(inline=True)
    backwards = [axis for axis, cut in cuts.items() if _step(cut) < 0]
    if backwards:
        text = method(text, "flip", *sorted([order.index(axis) for axis in backwards]))
        for axis in backwards:
            cuts[axis] = _mirrored(cuts[axis], site.source.axes[axis])
    marks = [mark(cuts.get(axis, (None, None, None))) for axis in order]
    while marks and marks[-1] == ":":
        marks.pop()
    if marks:
        text = Code(f"{bracketed(text)}[{', '.join(marks)}]")
    gone = [axis for axis, cut in cuts.items() if isinstance(cut, int)]
    return Given(text, orders.without(order, gone))


def _step(cut: Cut) -> int:
    return 1 if isinstance(cut, int) or cut[2] is None else cut[2]


def _mirrored(cut: Cut, axis: Axis) -> Cut:
    """The same part of the flipped axis, taken forwards."""
    assert not isinstance(cut, int)
    if cut == (None, None, -1):
        return (None, None, None)
    if not isinstance(axis.dim, int):
        raise RuleError("a part of an axis of open size, taken backwards")
    places = range(*_slice(cut).indices(axis.dim))
    last = axis.dim - 1
    return (last - places[0], last - places[-1] + 1, -places.step)


def _slice(cut: tuple[int | None, int | None, int | None]) -> builtins.slice:
    return builtins.slice(*cut)


def mark(cut: Cut) -> str:
    if isinstance(cut, int):
        return literal(cut)
    start, stop, step = ["" if bound is None else literal(bound) for bound in cut]
    return f"{start}:{stop}:{step}" if step and step != "1" else f"{start}:{stop}"


def repeat(kind: Repeat, site: Site) -> Given:
    """Copies along an axis, or along a new one."""
    count = site.size(kind.count)
    if kind.axis is None:
        order, place = raised(site, kind.position, kind.role)
        text = method(site.arg(inline=True), "unsqueeze", place)
        return Given(method(text, "repeat_interleave", count, dim=place), order)
    place = site.place(kind.axis)
    if kind.interleaved:
        return Given(method(site.arg(), "repeat_interleave", count, dim=place), site.order())
    copies = [count if axis == place else 1 for axis in range(len(site.order()))]
    return Given(method(site.arg(), "repeat", *copies), site.order())


def broadcast(kind: Broadcast, site: Site) -> Given:
    """`expand`; -1 keeps an axis."""
    order = site.order()
    sizes = [kind.sizes[axis] for axis in order]
    given = [-1 if size is None else site.size(size) for size in sizes]
    return Given(method(site.arg(inline=True), "expand", *given), order)
