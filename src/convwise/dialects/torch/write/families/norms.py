"""Batch, group and instance normalisation in PyTorch: modules with the channels second."""

from __future__ import annotations

from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm

_PATHS = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def batch_norm(kind: BatchNorm, site: Site) -> Given:
    """`nn.BatchNorm2d`; PyTorch's momentum is the share of the new statistics."""
    axis = site.source.locate(kind.axis)
    if len(site.operands) > 1:
        return _batch_norm_given(kind, site, axis)
    options: dict[str, object] = {}
    if kind.epsilon != 1e-5:
        options["eps"] = kind.epsilon
    momentum = None if kind.momentum is None else _rest(kind.momentum)
    if momentum != 0.1:
        options["momentum"] = momentum
    if not (kind.scale or kind.center):
        options["affine"] = False
    if not kind.statistics:
        options["track_running_stats"] = False
    rank = {2: 1, 3: 1, 4: 2, 5: 3}.get(site.source.rank, 1)
    count = site.whole(site.source.axes[axis].dim, "the number of channels")
    constructor = _partial(
        site, call(f"nn.BatchNorm{rank}d", count, **options), kind.scale, kind.center
    )
    module = site.module(constructor, "norm", _PATHS)
    order = second(site.order(), axis)
    if site.source.rank <= 5:
        return Given(call(module, site.arg(0, order, inline=True)), order)
    name = site.named(0, order)
    text = call(module, method(name, "flatten", 2))
    return Given(method(text, "unflatten", 2, Code(f"{name}.shape[2:]")), order)


def _rest(momentum: float) -> float:
    """1 - momentum without the noise of binary fractions: 0.01, not 0.010000000000000009."""
    return float(f"{1 - momentum:.12g}")


def second(order: Order, axis: int) -> Order:
    """The order with this axis second, as PyTorch's normalisations want the channels."""
    if len(order) > 1 and order[1] == axis:
        return order
    rest = [place for place in order if place != axis]
    return (rest[0], axis, *rest[1:]) if rest else order


def _partial(site: Site, constructor: Code, scale: bool, center: bool) -> Code:
    """A module that learns only one of scale and offset."""
    if scale and not center:
        return call(site.helper("without_offset"), constructor)
    if center and not scale:
        return call(site.helper("without_scale"), constructor)
    return constructor


def group_norm(kind: GroupNorm, site: Site) -> Given:
    axis = site.source.locate(kind.axis)
    count = site.whole(site.source.axes[axis].dim, "the number of channels")
    groups = count if kind.groups is None else kind.groups
    if len(site.operands) > 1:
        return _functional(site, "F.group_norm", axis, kind.epsilon, groups)
    options: dict[str, object] = {}
    if kind.epsilon != 1e-5:
        options["eps"] = kind.epsilon
    if not (kind.scale or kind.center):
        options["affine"] = False
    made = call("nn.GroupNorm", groups, count, **options)
    module = site.module(_partial(site, made, kind.scale, kind.center), "norm", _PATHS)
    order = second(site.order(), axis)
    return Given(call(module, site.arg(0, order, inline=True)), order)


def instance_norm(kind: InstanceNorm, site: Site) -> Given:
    axis = site.source.position(CHANNEL)
    if len(site.operands) > 1:
        return _functional(site, "F.instance_norm", axis, kind.epsilon)
    if set(site.source.roles) == {BATCH, CHANNEL}:
        raise RuleError(
            "PyTorch normalises over at least one axis beside batch and channel, there is none",
            hint="normalise in front of the pooling or flattening, or use LayerNorm",
        )
    count = site.whole(site.source.axes[axis].dim, "the number of channels")
    options: dict[str, object] = {}
    if kind.epsilon != 1e-5:
        options["eps"] = kind.epsilon
    if kind.momentum is not None and kind.momentum != 0.9:
        options["momentum"] = _rest(kind.momentum)
    if kind.affine:
        options["affine"] = True
    center = kind.center or not kind.affine
    if kind.statistics:
        options["track_running_stats"] = True
    rank = max(site.source.rank - 2, 1)
    made = call(f"nn.InstanceNorm{literal(rank)}d", count, **options)
    made = _partial(site, made, True, center)
    order = second(site.order(), axis)
    return Given(call(site.module(made, "norm", _PATHS), site.arg(0, order, inline=True)), order)


def given_weights(site: Site) -> list[Code]:
    """Scale and offset that are values of the network."""
    return [site.arg(which) for which in range(1, len(site.operands))]


def _functional(
    site: Site, name: str, axis: int, epsilon: float, *given: object, **named: object
) -> Given:
    """The function, with a scale and an offset that are values of the network."""
    order = second(site.order(), axis)
    text = site.arg(0, order)
    weights = dict(zip(("weight", "bias"), given_weights(site), strict=False))
    return Given(call(name, text, *given, **weights, **named, eps=epsilon), order)


def _batch_norm_given(kind: BatchNorm, site: Site, axis: int) -> Given:
    """`F.batch_norm`, with moving statistics in buffers where there are any."""
    if not kind.statistics:
        return _functional(site, "F.batch_norm", axis, kind.epsilon, None, None, training=True)
    count = site.whole(site.source.axes[axis].dim, "the number of channels")
    mean = site.weight("moving_mean", call("torch.zeros", count))
    variance = site.weight("moving_variance", call("torch.ones", count))
    named: dict[str, object] = {"training": Code("self.training")}
    if kind.momentum is not None:
        named["momentum"] = _rest(kind.momentum)
    return _functional(site, "F.batch_norm", axis, kind.epsilon, mean, variance, **named)
