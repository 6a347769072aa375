"""Values found by their rank, and running sums, in PyTorch."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, GivenAll, Site
from convwise.dialects.torch.write.text import Code, method
from convwise.kinds.ranking import Extreme, Sort, TopK
from convwise.kinds.running import Running

_NAMES: Final = {"kth": "kthvalue"}
_RUNNING: Final = {
    "sum": "cumsum",
    "prod": "cumprod",
    "max": "cummax",
    "min": "cummin",
    "logsumexp": "logcumsumexp",
}


def extreme(kind: Extreme, site: Site) -> GivenAll:
    """`values, indices = x.max(dim)`."""
    options: dict[str, object] = {"keepdim": True} if kind.keep_axis else {}
    given = [kind.rank] if kind.op == "kth" else []
    text = method(
        site.arg(inline=True),
        _NAMES.get(kind.op, kind.op),
        *given,
        dim=site.place(kind.axis),
        **options,
    )
    now = site.order()
    gone = [site.source.locate(kind.axis)]
    return _both(site, text, now if kind.keep_axis else orders.without(now, gone))


def top_k(kind: TopK, site: Site) -> GivenAll:
    options: dict[str, object] = {} if kind.largest else {"largest": False}
    count = site.size(kind.count)
    place = site.place(kind.axis)
    text = method(site.arg(inline=True), "topk", count, dim=place, **options)
    return _both(site, text, site.order())


def sort(kind: Sort, site: Site) -> GivenAll:
    options: dict[str, object] = {"descending": True} if kind.descending else {}
    place = site.place(kind.axis)
    text = method(site.arg(inline=True), "sort", dim=place, **options)
    return _both(site, text, site.order())


def running(kind: Running, site: Site) -> Given | GivenAll:
    text = method(site.arg(inline=True), _RUNNING[kind.op], dim=site.place(kind.axis))
    if kind.op in ("max", "min"):
        return _both(site, text, site.order())
    return Given(text, site.order())


def _both(site: Site, text: Code, order: Order) -> GivenAll:
    return GivenAll(site.unpacked(text, "values", "indices"), (order, order))
