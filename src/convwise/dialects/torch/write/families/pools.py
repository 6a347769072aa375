"""Pools and reductions in PyTorch."""

from __future__ import annotations

from typing import TypeVar

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.space import (
    Spread,
    amounts_of,
    folded,
    paddings,
    spread,
    symmetric,
)
from convwise.dialects.torch.write.site import Given, GivenAll, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, bracketed, call, literal, method
from convwise.errors import RuleError
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import AveragePool, LpPool, MaxPool, Pooling
from convwise.kinds.reduce import Reduce
from convwise.kinds.unpooling import MaxUnpool
from convwise.kinds.windowed import taps

P = TypeVar("P", bound=Pooling)


def max_pool(kind: MaxPool, site: Site) -> Given | GivenAll:
    """`F.max_pool2d`; padding that it cannot do is minus infinity before it."""
    kind, inside = _resolved(kind, site)
    found = spread(site, len(kind.window), inline=inside is not None)
    options = _steps(kind)
    text = found.text
    if inside is None:
        text = _padded(found, paddings(kind, site), value=Code("-math.inf"))
    elif any(inside):
        options["padding"] = tuple_or_number(inside)
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    if kind.ceil:
        options["ceil_mode"] = True
    if kind.indices:
        options["return_indices"] = True
        if inside is None:
            raise RuleError("indices of a pool whose padding differs from end to end")
    pooled = _pool("max_pool", kind, text, options)
    return _with_indices(kind.indices, pooled, found, site)


def _with_indices(asked: bool, text: Code, found: Spread, site: Site) -> Given | GivenAll:
    """The pooled values, and where the maxima were when that is asked for."""
    if not asked:
        return Given(folded(text, found), found.order)
    values, indices = site.unpacked(text, "pooled", "indices")
    return GivenAll((folded(values, found), folded(indices, found)), (found.order,) * 2)


def max_unpool(kind: MaxUnpool, site: Site) -> Given:
    """`F.max_unpool2d`, with the size where it is not the usual one."""
    rank = len(kind.window)
    found = spread(site, rank)
    if found.lead > 1:
        raise RuleError("unpooling of images with more axes than batch, channels and space")
    options: dict[str, object] = {}
    if kind.stride != kind.window:
        options["stride"] = tuple_or_number(kind.stride)
    if any(kind.padding):
        options["padding"] = tuple_or_number(kind.padding)
    if kind.sizes is not None:
        made = [site.size(site.made.axes[axis].dim) for axis in found.order[-rank:]]
        options["output_size"] = Code(f"({', '.join(made)},)")
    indices = site.arg(1, found.order)
    text = call(
        f"F.max_unpool{rank}d", found.text, indices, tuple_or_number(kind.window), **options
    )
    return Given(text, found.order)


def average_pool(kind: AveragePool, site: Site) -> Given:
    """`F.avg_pool2d`, dividing by what the graph says."""
    _undilated(kind)
    kind, inside = _resolved(kind, site)
    taken = taps(kind.window)
    if inside is None and kind.divisor == "valid":
        found = spread(site, len(kind.window), full=True)
        name = found.text if found.text.isidentifier() else site.bound(found.text, "turned")
        amounts = amounts_of(paddings(kind, site))
        stride = literal(kind.stride)
        helper = site.helper("average_pool")
        text = call(helper, name, literal(kind.window), stride, amounts)
        return Given(folded(text, found), found.order)
    found = spread(site, len(kind.window), inline=True)
    options = _steps(kind)
    text = found.text
    if inside is None:
        text = _padded(found, paddings(kind, site))
    elif any(inside):
        options["padding"] = tuple_or_number(inside)
    if kind.ceil:
        options["ceil_mode"] = True
    if kind.divisor == "valid" and "padding" in options:
        options["count_include_pad"] = False
    pooled = _pool("avg_pool", kind, text, options)
    if isinstance(kind.divisor, int) and kind.divisor != taken:
        pooled = Code(f"{pooled} * {literal(taken / kind.divisor)}")
    return Given(folded(pooled, found), found.order)


def lp_pool(kind: LpPool, site: Site) -> Given:
    """`F.lp_pool2d`, which does not pad."""
    _undilated(kind)
    kind, inside = _resolved(kind, site)
    found = spread(site, len(kind.window))
    text = found.text
    if inside is None or any(inside):
        text = _padded(found, paddings(kind, site))
    options = _steps(kind)
    if kind.ceil:
        options["ceil_mode"] = True
    rank = len(kind.window)
    pooled = call(f"F.lp_pool{rank}d", text, kind.p, tuple_or_number(kind.window), **options)
    return Given(folded(pooled, found), found.order)


def _pool(name: str, kind: Pooling, text: Code, options: dict[str, object]) -> Code:
    rank = len(kind.window)
    if not 1 <= rank <= 3:
        raise RuleError(f"a pool over {rank} axes: PyTorch has pools over 1, 2 and 3")
    return call(f"F.{name}{rank}d", text, tuple_or_number(kind.window), **options)


def _steps(kind: Pooling) -> dict[str, object]:
    """The stride, which is the window when nothing is said."""
    if kind.stride == kind.window:
        return {}
    return {"stride": tuple_or_number(kind.stride)}


def _undilated(kind: Pooling) -> None:
    if set(kind.dilation) != {1}:
        raise RuleError(
            f"the dilation {kind.dilation} of a pool that takes no maximum: PyTorch has none",
            hint="a depthwise convolution with equal weights does the same",
        )


def _resolved(kind: P, site: Site) -> tuple[P, tuple[int, ...] | None]:
    """The pool as PyTorch can pad it, and its `padding`; None when it must be padded before.

    PyTorch pads both ends alike, and by half of a window at most.
    """
    inside = symmetric(paddings(kind, site))
    allowed = inside is not None and all(
        2 * pad <= window for pad, window in zip(inside, kind.window, strict=True)
    )
    if allowed:
        return kind, inside
    return (kind.resolved(site.operands) if kind.ceil else kind), None


def _padded(found: Spread, pads: list[tuple[Code, Code]], **options: object) -> Code:
    return call("F.pad", found.text, amounts_of(pads), **options)


def adaptive_pool(kind: AdaptivePool, site: Site) -> Given | GivenAll:
    rank = len(kind.sizes)
    found = spread(site, rank, inline=True)
    name = "max" if kind.mode == "max" else "avg"
    sizes: object = kind.sizes
    if len(set(kind.sizes)) == 1 and kind.sizes[0] is not None:
        sizes = kind.sizes[0]
    elif None in kind.sizes and rank == 1:
        return Given(folded(found.text, found), found.order)
    options = {"return_indices": True} if kind.indices else {}
    text = call(f"F.adaptive_{name}_pool{rank}d", found.text, sizes, **options)
    return _with_indices(kind.indices, text, found, site)


def global_pool(kind: GlobalPool, site: Site) -> Given:
    """The mean or maximum over all spatial axes."""
    name = "mean" if kind.mode == "average" else "amax"
    return _over(site, name, site.source.spatial(), kind.keep_axes)


def reduce(kind: Reduce, site: Site) -> Given:
    """One of PyTorch's reductions, whose variances divide by one less when not told otherwise."""
    places = tuple([site.source.locate(ref) for ref in kind.axes])
    names = {"max": "amax", "min": "amin"}
    if kind.op == "prod":
        return _products(kind, site, places)
    if kind.op in ("argmax", "argmin") and len(places) > 1:
        return _first_of_all(kind, site, places)
    if kind.op == "count":
        nonzero = Code(f"({bracketed(site.arg(inline=True))} != 0)")
        return _reduced(site, nonzero, "sum", places, kind.keep_axes)
    options: dict[str, object] = {}
    if kind.op in ("std", "var") and kind.correction != 1:
        options["correction"] = kind.correction
    return _over(site, names.get(kind.op, kind.op), places, kind.keep_axes, **options)


def _first_of_all(kind: Reduce, site: Site, axes: tuple[int, ...]) -> Given:
    """PyTorch finds one place among all values, or along one axis."""
    if len(axes) < site.source.rank or site.order() != orders.same(site.source.rank):
        raise RuleError(
            f"{kind.op} over {len(axes)} of {site.source.rank} axes is not written as PyTorch code"
        )
    options = {"keepdim": True} if kind.keep_axes else {}
    text = method(site.arg(inline=True), kind.op, **options)
    return Given(text, orders.same(len(axes)) if kind.keep_axes else ())


def _over(site: Site, name: str, axes: tuple[int, ...], keep: bool, **options: object) -> Given:
    return _reduced(site, site.arg(inline=True), name, axes, keep, **options)


def _reduced(
    site: Site, text: Code, name: str, axes: tuple[int, ...], keep: bool, **options: object
) -> Given:
    order = site.order()
    dims = tuple(sorted([order.index(axis) for axis in axes]))
    dim = literal(dims[0]) if len(dims) == 1 else literal(dims)
    if keep:
        options["keepdim"] = True
    text = method(text, name, dim, **options)
    return Given(text, order if keep else orders.without(order, axes))


def _products(kind: Reduce, site: Site, axes: tuple[int, ...]) -> Given:
    """PyTorch multiplies along one axis at a time; from the last, so that the others stay."""
    order = site.order()
    text = site.arg()
    options = {"keepdim": True} if kind.keep_axes else {}
    for dim in sorted([order.index(axis) for axis in axes], reverse=True):
        text = method(text, "prod", dim, **options)
    return Given(text, order if kind.keep_axes else orders.without(order, axes))
