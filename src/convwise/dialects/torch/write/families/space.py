"""What all windowed operations need in PyTorch: channels first, padding amounts, merged axes."""

from __future__ import annotations

from typing import NamedTuple

from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Site
from convwise.dialects.torch.write.text import Code, literal, method
from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.windowed import Windowed
from convwise.kinds.windows import pads


class Spread(NamedTuple):
    """An input as PyTorch's windows need it: (batch, channel, *space).

    `lead` axes before the channels were merged into one, those of `shape_of`; 0 when one was
    added because there was none.
    """

    text: Code
    order: Order
    lead: int = 1
    shape_of: Code = Code("")


def spread(site: Site, count: int, *, inline: bool = False, full: bool = False) -> Spread:
    """The first input with its last `count` spatial axes at the end, the channels before them.

    full: two axes must stand before them, also where the graph has one.
    """
    source = site.source
    space = source.spatial(count)
    others = [place for place in site.order() if place not in space]
    channels = [place for place in others if source.axes[place].role == CHANNEL]
    batch = [place for place in others if source.axes[place].role == BATCH]
    rest = [place for place in others if place not in channels and place not in batch]
    order = (*batch, *rest, *channels, *space)
    lead = len(batch) + len(rest)
    if not channels and lead > 1:
        lead -= 1
    if full and len(order) == count + 1:
        return Spread(method(site.arg(0, order), "unsqueeze", 1), order, 0)
    if lead <= 1:
        return Spread(site.arg(0, order, inline=inline), order)
    name = site.named(0, order)
    return Spread(method(name, "flatten", 0, lead - 1), order, lead, name)


def folded(text: Code, found: Spread) -> Code:
    """The result with the merged leading axes apart again, and without an added one."""
    if found.lead == 0:
        return method(text, "squeeze", 1)
    if found.lead == 1:
        return text
    shape = Code(f"{found.shape_of}.shape[:{literal(found.lead)}]")
    return method(text, "unflatten", 0, shape)


def paddings(kind: Windowed, site: Site) -> list[tuple[Code, Code]]:
    """Amounts before and after each windowed axis, as source."""
    found = []
    for index, _, _, size, window in kind.places(site.source):
        before, after = pads(window, kind.padding, index, size)
        found.append((site.size(before), site.size(after)))
    return found


def symmetric(amounts: list[tuple[Code, Code]]) -> tuple[int, ...] | None:
    """The amounts as one number per axis; None where both ends differ or are open."""
    if all(before == after and before.isdigit() for before, after in amounts):
        return tuple([int(before) for before, _ in amounts])
    return None


def amounts_of(pads: list[tuple[Code, Code]]) -> Code:
    """What `F.pad` takes: the last axis first."""
    return Code("(" + ", ".join([side for pair in reversed(pads) for side in pair]) + ")")
