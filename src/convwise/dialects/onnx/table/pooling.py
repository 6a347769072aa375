"""Pools: windows of maxima, means and norms, and pools over all of space."""

from __future__ import annotations

from convwise.dialects.onnx.op import Built, Made, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    chain,
    one,
    sizes,
    tensor,
)
from convwise.dialects.onnx.table.views import image
from convwise.dialects.onnx.table.windows import Slides, pads, slides
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.kinds.adaptive import AdaptivePool
from convwise.kinds.contract import Kind
from convwise.kinds.merge import Merge
from convwise.kinds.pooling import AveragePool, LpPool, MaxPool
from convwise.kinds.reduce import Reduce
from convwise.kinds.running import Running
from convwise.kinds.unary import Unary
from convwise.kinds.unpooling import MaxUnpool
from convwise.kinds.windows import Padding, Window, out_size
from convwise.kinds.windows import pads as padded


def _slides(op: Op, rank: int) -> Slides:
    kernel = op.integers("kernel_shape")
    if kernel is None:
        raise RuleError(f"{op.name} needs kernel_shape", hint="export the model again")
    if len(kernel) != rank:
        raise broken(
            f"kernel_shape={kernel} of {op.name} has {len(kernel)} sizes, the input {rank} axes "
            f"of space"
        )
    return slides(op, kernel)


def _ceil(op: Op, found: Slides) -> bool:
    """Automatic padding says the output's size itself."""
    return bool(op.integer("ceil_mode", 0)) and not found.automatic


def _max(op: Op) -> Built:
    """The places of the largest values come second; column by column they are not known."""
    rank, roles = image(op)
    found = _slides(op, rank)
    located = op.wants(1) and not op.integer("storage_order", 0)
    kind = MaxPool(*found[:4], _ceil(op, found), located)
    plan = Plan()
    made = plan.add(kind, 0, views=(roles,))
    return plan.built(made, _through_all(op, plan, made) if located else None)


def _through_all(op: Op, plan: Plan, made: Made) -> Source:
    """Places counted through batch and channels as well: the pixels before a channel are added.

    The kind counts within each channel. Channels are numbered by running sums of ones.
    """
    channels, *space = tensor(op).shape[1:]
    pixels = product_of(space)
    if type(pixels) is not int or type(channels) is not int:
        raise NotClear("the places of MaxPool in an open size")
    within = made._replace(output=1)
    ones = plan.through(within, [Unary("scale", (0,)), Unary("add", (1,))])
    before = [
        plan.through(ones, [Running("sum", axis), Unary("add", (-1,)), Unary("scale", (step,))])
        for axis, step in ((0, channels * pixels), (1, pixels))
    ]
    return plan.add(Merge("add", False), within, *before)


def _average(op: Op) -> Built:
    rank, roles = image(op)
    found = _slides(op, rank)
    divisor = "padded" if op.integer("count_include_pad", 0) else "valid"
    return one(AveragePool(*found[:4], _ceil(op, found), divisor), 0, views=(roles,))


def _lp(op: Op) -> Built:
    """Of absolute values, which even powers need not ask for."""
    rank, roles = image(op)
    found = _slides(op, rank)
    if _ceil(op, found):
        found = found._replace(padding=_hanging(tensor(op), found))
    power = _power(op)
    plan = Plan()
    source = plan.through(0, [Unary("abs")] if power % 2 else [])
    made = plan.add(LpPool(*found[:4], p=float(power)), source, views=(roles,))
    return plan.built(made)


def _hanging(source: Tensor, found: Slides) -> Padding:
    """The padding with what the last windows hang over: zeros, which add nothing to a norm."""
    amounts = []
    for axis in range(len(found.kernel)):
        size = source.shape[axis + 2]
        window = Window(found.kernel[axis], found.stride[axis], found.dilation[axis], True)
        before, _ = padded(window, found.padding, axis, size)
        out = out_size(window, found.padding, axis, size)
        if type(size) is not int or type(out) is not int or type(before) is not int:
            raise NotClear("LpPool with ceil_mode over an open size")
        after = max((out - 1) * window.stride + window.extent - size - before, 0)
        amounts.append((before, after))
    return Padding("explicit", tuple(amounts))


def _global(mode: str) -> Entry:
    def make(op: Op) -> Built:
        rank, roles = image(op)
        return one(AdaptivePool(mode, (1,) * rank), 0, views=(roles,))

    return Entry(f"Global{mode.capitalize()}Pool", make)


def _global_lp(op: Op) -> Built:
    """The norm of all pixels of a channel: of order 2 unless said otherwise."""
    places = tuple(range(2, tensor(op).rank))
    return chain(*norm(_power(op), places, keeps=True))


def _power(op: Op) -> int:
    found = op.integer("p", 2)
    if found < 1:
        raise broken(f"p={found} of {op.name} must be 1 or more")
    return found


def norm(power: int, places: tuple[int, ...], *, keeps: bool) -> list[Kind]:
    """The sum of powers of absolute values, under a root."""
    if power == 1:
        return [Unary("abs"), Reduce("sum", places, keeps)]
    if power == 2:
        return [Unary("square"), Reduce("sum", places, keeps), Unary("sqrt")]
    summed: list[Kind] = [Unary("abs"), Unary("power", (float(power),))]
    return [*summed, Reduce("sum", places, keeps), Unary("power", (1 / power,))]


def _unpool(op: Op) -> Built:
    """ONNX counts places through batch and channels, the kind within each channel."""
    rank, roles = image(op)
    found = _slides(op, rank)
    amounts = pads(op, rank)
    if any(before != after for before, after in amounts):
        raise NotClear("MaxUnpool with other padding before than after")
    padding = tuple([before for before, _ in amounts])
    usual = tuple(
        [
            (size - 1) * stride + kernel - 2 * pad
            for size, stride, kernel, pad in zip(
                tensor(op).shape[2:], found.stride, found.kernel, padding, strict=True
            )
        ]
    )
    said: tuple[Dim, ...] = sizes(op, 2, "the output's shape")[-rank:] if op.has(2) else usual
    if said != usual:
        raise NotClear("MaxUnpool to another shape than its windows give")
    pixels = product_of(usual)
    if type(pixels) is not int:
        raise NotClear("MaxUnpool to an open size")
    plan = Plan()
    places = plan.add(Unary("modulo", (pixels,)), 1)
    kind = MaxUnpool(found.kernel, found.stride, padding)
    return plan.built(plan.add(kind, 0, places, views=(roles, roles)))


ENTRIES = (
    Entry("MaxPool", _max),
    Entry("AveragePool", _average),
    Entry("LpPool", _lp),
    _global("average"),
    _global("max"),
    Entry("GlobalLpPool", _global_lp),
    Entry("MaxUnpool", _unpool),
)
