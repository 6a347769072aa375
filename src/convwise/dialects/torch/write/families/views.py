"""Views in PyTorch: values in the graph's order where their order matters, else left alone."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.merges import raised
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, literal, method
from convwise.graph.dims import Dim
from convwise.kinds.folded_time import BatchToTime, TimeToBatch
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Flatten, Identity, Permute, Squeeze, Unsqueeze


def identity(kind: Identity, site: Site) -> Given:
    return Given(site.passed(), site.order())


def flatten(kind: Flatten, site: Site) -> Given:
    """`flatten` of values in the graph's order, so that the weights behind it find them."""
    span = kind.span(site.operands)
    order = site.order()
    if len(span) == 1:
        return Given(site.passed(), order)
    same = orders.same(len(order))
    if not span:
        return Given(method(site.arg(), "unsqueeze", -1), (*order, len(order)))
    examples = span == range(1, len(order)) and order[0] == 0
    wanted = None if examples and orders.alike(site.source, order, same) else same
    text = site.arg(0, wanted, inline=wanted is None)
    end = () if span.stop == len(order) else (span.stop - 1,)
    return Given(method(text, "flatten", span.start, *end), orders.same(site.made.rank))


def permute(kind: Permute, site: Site) -> Given:
    """Only the order of the axes changes; PyTorch's own code keeps what its author wrote."""
    now = site.order()
    number = {axis: place for place, axis in enumerate(kind.order)}
    order = tuple([number[axis] for axis in now])
    if site.dialect not in orders.CHANNELS_FIRST:
        return Given(site.passed(), order)
    return Given(method(site.arg(), "permute", *kind.order), orders.same(len(order)))


def squeeze(kind: Squeeze, site: Site) -> Given:
    gone = kind.places(site.operands)
    order = site.order()
    if not gone:
        return Given(site.passed(), order)
    dims = tuple(sorted([order.index(axis) for axis in gone]))
    text = method(site.arg(inline=True), "squeeze", dims[0] if len(dims) == 1 else dims)
    return Given(text, orders.without(order, gone))


def unsqueeze(kind: Unsqueeze, site: Site) -> Given:
    order, place = raised(site, kind.position, kind.role)
    return Given(method(site.arg(inline=True), "unsqueeze", place), order)


def reshape(kind: Reshape, site: Site) -> Given:
    """`reshape` of values in the graph's order, to the graph's order or one that lays alike."""
    source, made = site.source, site.made
    same = orders.same(source.rank)
    now = None if orders.alike(source, site.order(), same) else same
    order = orders.same(made.rank)
    usual = orders.usual(made, site.dialect)
    if orders.alike(made, order, usual):
        order = usual
    sizes = _sizes(kind, site, order)
    text = site.arg(0, now, inline=now is None)
    return Given(method(text, "reshape", *sizes), order)


def _sizes(kind: Reshape, site: Site, order: Order) -> list[Code]:
    """The new sizes; -1 for the batch, or for the one that is open."""
    shape = site.made.shape
    open_ones = [axis for axis in order if not isinstance(shape[axis], int)]
    free: int | None = None
    if open_ones:
        batch = shape[0]
        free = 0 if not isinstance(batch, int) else open_ones[0]
    return [Code("-1") if axis == free else _size(shape[axis], site) for axis in order]


def _size(dim: Dim, site: Site) -> Code:
    return site.size(dim)


def time_to_batch(kind: TimeToBatch, site: Site) -> Given:
    """The first two axes of the graph become one."""
    now = site.order()
    order = (0, 1, *[axis for axis in now if axis > 1])
    text = method(site.arg(0, order), "flatten", 0, 1)
    return Given(text, (0, *[axis - 1 for axis in order[2:]]))


def batch_to_time(kind: BatchToTime, site: Site) -> Given:
    """The batch is split into examples and steps."""
    now = site.order()
    order = (0, *[axis for axis in now if axis > 0])
    steps = site.size(site.made.axes[1].dim)
    text = method(site.arg(0, order), "unflatten", 0, Code(f"({literal(-1)}, {steps})"))
    return Given(text, (0, 1, *[axis + 1 for axis in order[1:]]))
