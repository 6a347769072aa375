"""Several tensors into one in PyTorch, brought into one order of axes first."""

from __future__ import annotations

from collections import Counter

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, joined, literal
from convwise.graph.axes import BATCH
from convwise.kinds.merge import Concatenate, Merge, Stack

_SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "power": "**",
    "modulo": "%",
    "floor_divide": "//",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
}


def merge(kind: Merge, site: Site) -> Given:
    """Arithmetic of tensors, smaller ones with new axes of size 1."""
    rank = max(operand.rank for operand in site.operands)
    order = common(site, rank)
    inline = len(site.operands) <= 2
    texts = [
        matched(site, which, order, keeps_batch=kind.keeps_batch, inline=inline)
        for which in range(len(site.operands))
    ]
    if kind.operation in _SIGNS:
        return Given(joined(_SIGNS[kind.operation], texts), order)
    if kind.operation == "average":
        total = joined("+", texts)
        return Given(Code(f"({total}) / {literal(len(texts))}"), order)
    result = texts[0]
    for text in texts[1:]:
        result = call(f"torch.{kind.operation}", result, text)
    return Given(result, order)


def common(site: Site, rank: int) -> Order:
    """The order that most of the widest inputs have."""
    found = [
        site.order(which) for which, operand in enumerate(site.operands) if operand.rank == rank
    ]
    return Counter(found).most_common(1)[0][0]


def matched(
    site: Site, which: int, order: Order, *, keeps_batch: bool = False, inline: bool = False
) -> Code:
    """An input with as many axes as the widest, by indexing with None."""
    operand = site.operands[which]
    rank = len(order)
    if operand.rank == rank:
        return site.arg(which, order, inline=inline)
    missing = rank - operand.rank
    has_batch = keeps_batch and operand.rank > 0 and operand.axes[0].role == BATCH
    where = [place + missing if place or not has_batch else 0 for place in range(operand.rank)]
    mine = [where.index(axis) for axis in order if axis in where]
    text = site.arg(which, tuple(mine), inline=inline)
    marks = [":" if axis in where else "None" for axis in order]
    while marks and marks[0] == "None":
        marks.pop(0)
    if "None" not in marks:
        return text
    return Code(f"{bracketed(text)}[{', '.join(marks)}]")


def concatenate(kind: Concatenate, site: Site) -> Given:
    order = common(site, site.source.rank)
    texts = [site.arg(which, order) for which in range(len(site.operands))]
    dim = order.index(site.source.locate(kind.axis))
    return Given(call("torch.cat", listed(texts), dim=dim), order)


def stack(kind: Stack, site: Site) -> Given:
    """The new axis stands before the axis that follows it in the graph."""
    now = common(site, site.source.rank)
    new = kind.position % (len(now) + 1)
    place = now.index(new) if new < len(now) else len(now)
    texts = [site.arg(which, now) for which in range(len(site.operands))]
    text = call("torch.stack", listed(texts), dim=place)
    return Given(text, orders.with_new(now, new, place))


def raised(site: Site, position: int, role: str | None) -> tuple[Order, int]:
    """The order after a new axis of the graph at `position`, and where it stands in PyTorch."""
    now = site.order()
    new = position % (len(now) + 1)
    place = now.index(new) if new < len(now) else len(now)
    order = orders.with_new(now, new, place)
    wanted = orders.usual(site.made, site.dialect)
    if orders.without(wanted, [new]) == now:
        order, place = wanted, wanted.index(new)
    return order, place


def listed(texts: list[Code]) -> Code:
    """Source of a list."""
    return Code(f"[{', '.join(texts)}]")
