"""Normalisations: over the batch, over positions, groups, layers and neighbouring channels."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.dialects.onnx.op import Built, Held, Made, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    chain,
    is_weight,
    one,
    position,
    tensor,
)
from convwise.dialects.onnx.table.views import channels_second
from convwise.errors import RuleError
from convwise.graph.axes import describe
from convwise.kinds.contract import Kind
from convwise.kinds.layer_normalization import LayerNorm, LocalResponseNorm, RMSNorm, UnitNorm
from convwise.kinds.merge import Merge
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.kinds.reduce import Reduce
from convwise.kinds.reshape import Reshape
from convwise.kinds.unary import Unary
from convwise.kinds.views import Unsqueeze


def _epsilon(op: Op) -> float:
    return op.number("epsilon", 1e-5)


def _held(**places: int) -> dict[str, Held]:
    return {role: Held(place) for role, place in places.items()}


def _all_held(op: Op, *places: int) -> bool:
    return all(is_weight(op, place) for place in places)


def _batch(op: Op) -> Built:
    """With the moving statistics from the file, or in training with those of the batch."""
    momentum, roles = op.number("momentum", 0.9), channels_second(op)
    if op.integer("training_mode", 0):
        kind = BatchNorm(1, False, False, False, _epsilon(op), momentum)
        plan = Plan()
        made = plan.add(kind, 0, 1, 2, views=(roles, None, None))
        return plan.built(made, *_moved(op, plan, momentum))
    if _all_held(op, 1, 2, 3, 4):
        kind = BatchNorm(1, True, True, True, _epsilon(op), momentum)
        held = _held(gamma=1, beta=2, moving_mean=3, moving_variance=4)
        return one(kind, 0, views=(roles,), weights=held)
    return _shifted(op)


def _moved(op: Op, plan: Plan, momentum: float) -> list[Source | None]:
    """The moving mean and variance after one batch, where they are wanted."""
    over = tuple([axis for axis in range(tensor(op).rank) if axis != 1])
    found: list[Source | None] = []
    for output, (place, word) in enumerate(((3, "mean"), (4, "var")), 1):
        if not op.wants(output):
            found.append(None)
            continue
        new = plan.through(0, [Reduce(word, over), Unary("scale", (1 - momentum,))])
        old = plan.add(Unary("scale", (momentum,)), place)
        found.append(plan.add(Merge("add", False), old, new))
    return found


def _shifted(op: Op) -> Built:
    """The same arithmetic with statistics that the network computes."""
    plan = Plan()
    behind = tensor(op).rank - 2
    scale, shift, mean, variance = [_spread(plan, place, behind) for place in (1, 2, 3, 4)]
    centred = plan.add(Merge("subtract", False), 0, mean)
    root = plan.through(variance, [Unary("add", (_epsilon(op),)), Unary("sqrt")])
    scaled = plan.add(
        Merge("multiply", False), plan.add(Merge("divide", False), centred, root), scale
    )
    return plan.built(plan.add(Merge("add", False), scaled, shift))


def _spread(plan: Plan, source: Source, behind: int) -> Source:
    """One value per channel under the axes of an input: (channels, 1, ...)."""
    return plan.through(source, [Unsqueeze(-1)] * behind)


def _instance(op: Op) -> Built:
    roles = channels_second(op)
    if roles is None:
        raise NotClear("InstanceNormalization over more than 3 axes of space, or none")
    if _all_held(op, 1, 2):
        kind = InstanceNorm(True, False, _epsilon(op))
        return one(kind, 0, views=(roles,), weights=_held(gamma=1, beta=2))
    return one(InstanceNorm(False, False, _epsilon(op)), 0, 1, 2, views=(roles, None, None))


def _group(op: Op) -> Built:
    """A scale and a centre per channel; before version 21 one per group."""
    groups, roles, epsilon = op.integer("num_groups", 0), channels_second(op), _epsilon(op)
    if groups < 1:
        raise RuleError("GroupNormalization needs num_groups", hint="export the model again")
    if tensor(op).rank < 2:
        raise broken(f"GroupNormalization needs channels, found {describe(tensor(op))}")
    channels = tensor(op).shape[1]
    if op.version < 21 and channels != groups:
        return _per_group(op, groups)
    if _all_held(op, 1, 2):
        kind = GroupNorm(groups, 1, True, True, epsilon)
        return one(kind, 0, views=(roles,), weights=_held(gamma=1, beta=2))
    return one(GroupNorm(groups, 1, False, False, epsilon), 0, 1, 2, views=(roles, None, None))


def _per_group(op: Op, groups: int) -> Built:
    """Normalised, then scaled with the channels of a group on an axis of their own."""
    source = tensor(op)
    batch, channels, *rest = source.shape
    plan = Plan()
    kind = GroupNorm(groups, 1, False, False, _epsilon(op))
    made = plan.add(kind, 0, views=(channels_second(op),))
    split = Reshape((batch, groups, channels // groups, *rest), with_batch=True)
    apart = plan.add(split, made)
    scale, shift = [_spread(plan, place, len(rest) + 1) for place in (1, 2)]
    scaled = plan.add(Merge("multiply", False), apart, scale)
    moved = plan.add(Merge("add", False), scaled, shift)
    return plan.built(plan.add(Reshape(source.shape, source.roles, with_batch=True), moved))


def _trailing(op: Op) -> tuple[int, ...]:
    """The axes from `axis` to the last, counted from the end."""
    rank = tensor(op).rank
    first = position(op, op.integer("axis", -1), rank)
    return tuple(range(first - rank, 0))


def _fits(op: Op, place: int, over: Sequence[int]) -> bool:
    """Whether a scale has just the axes that are normalised over."""
    return tensor(op, place).shape == tensor(op).shape[len(tensor(op).shape) - len(over) :]


def _layer(op: Op) -> Built:
    over, epsilon, center = _trailing(op), _epsilon(op), op.has(2)
    fitting = _fits(op, 1, over) and (not center or _fits(op, 2, over))
    places = (1, 2) if center else (1,)
    plan = Plan()
    held: dict[str, Held] = {}
    if fitting and _all_held(op, *places):
        held = _held(gamma=1, beta=2) if center else _held(gamma=1)
        made: Source = plan.add(LayerNorm(over, True, center, epsilon), 0)
    elif fitting:
        made = plan.add(LayerNorm(over, False, False, epsilon), 0, *places)
    else:
        made = plan.add(LayerNorm(over, False, False, epsilon), 0)
        made = plan.add(Merge("multiply", False), made, 1)
        made = plan.add(Merge("add", False), made, 2) if center else made
    return plan.built(made, *_statistics(op, plan, over, epsilon), weights=held)


def _statistics(op: Op, plan: Plan, over: tuple[int, ...], epsilon: float) -> list[Made | None]:
    """The mean and the inverse deviation, where they are wanted."""
    found: list[Made | None] = [None, None]
    if op.wants(1):
        found[0] = plan.add(Reduce("mean", over, True), 0)
    if op.wants(2):
        variance = plan.add(Reduce("var", over, True), 0)
        found[1] = plan.add(Unary("rsqrt"), plan.add(Unary("add", (epsilon,)), variance))
    return found


def _rms(op: Op) -> Built:
    over, epsilon = _trailing(op), _epsilon(op)
    if _fits(op, 1, over) and is_weight(op, 1):
        return one(RMSNorm(over, True, epsilon), 0, weights=_held(gamma=1))
    if _fits(op, 1, over):
        return one(RMSNorm(over, False, epsilon), 0, 1)
    plan = Plan()
    made = plan.add(RMSNorm(over, False, epsilon), 0)
    return plan.built(plan.add(Merge("multiply", False), made, 1))


def _response(op: Op) -> Built:
    """ONNX's alpha is shared among the neighbours."""
    size = op.integer("size", 0)
    if size < 1:
        raise RuleError("LRN needs a size of 1 or more", hint="export the model again")
    alpha, beta = op.number("alpha", 1e-4), op.number("beta", 0.75)
    kind = LocalResponseNorm(size, alpha / size, beta, op.number("bias", 1.0))
    return one(kind, 0, views=(channels_second(op),))


def _unit(op: Op) -> Built:
    order = op.integer("p", 2)
    if order < 1:
        raise broken(f"p={order} of LpNormalization must be 1 or more")
    axis = position(op, op.integer("axis", -1), tensor(op).rank)
    return one(UnitNorm((axis,), order=float(order)), 0)


#: What MeanVarianceNormalization adds to the deviation, which is to the variance its square.
_LEAST = 1e-9


def _mean_variance(op: Op) -> Built:
    rank = tensor(op).rank
    axes = op.integers("axes", (0, 2, 3)) or ()
    over = tuple([position(op, axis, rank) for axis in axes])
    kinds: list[Kind] = [LayerNorm(over, False, False, _LEAST**2)] if over else []
    return chain(*kinds)


ENTRIES = (
    Entry("BatchNormalization", _batch),
    Entry("InstanceNormalization", _instance),
    Entry("GroupNormalization", _group),
    Entry("LayerNormalization", _layer),
    Entry("RMSNormalization", _rms),
    Entry("LRN", _response),
    Entry("LpNormalization", _unit),
    Entry("MeanVarianceNormalization", _mean_variance),
)
