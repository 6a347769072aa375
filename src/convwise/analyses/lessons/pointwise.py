"""Operations that look at one value at a time, in words."""

from __future__ import annotations

from convwise.analyses.lessons.contract import Lesson, Point, Seen, by, counted, without_batch
from convwise.graph.axes import CHANNEL, FEATURE
from convwise.kinds.activation import Activation
from convwise.kinds.merge import Concatenate, Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.normalization import BatchNorm
from convwise.kinds.softmax import Softmax

_FORMULAS = {
    "relu": "max(x, 0): negative values become 0 and pass no gradient back",
    "relu6": "min(max(x, 0), 6)",
    "sigmoid": "1/(1 + exp(-x)): between 0 and 1",
    "tanh": "between -1 and 1",
    "gelu": "x times the share of a normal distribution below x",
    "silu": "x/(1 + exp(-x))",
    "elu": "x above 0, exp(x) - 1 below",
    "softplus": "log(1 + exp(x)): a smooth ReLU that never dies",
    "leaky_relu": "x above 0, a small multiple of x below, so that a gradient always passes",
}


def activation(kind: Activation, seen: Seen) -> Lesson:
    """One function, value by value."""
    formula = _FORMULAS.get(kind.function)
    more = f": {formula}" if formula else ""
    return Lesson((Point("does", f"{kind.function} of every value by itself{more}. No weights."),))


def softmax(kind: Softmax, seen: Seen) -> Lesson:
    """Shares that add up to one."""
    text = "exp(x) of every value, divided by their sum: positive shares that add up to 1."
    return Lesson((Point("does", text),))


def batch_norm(kind: BatchNorm, seen: Seen) -> Lesson:
    """Ioffe and Szegedy (arXiv:1502.03167)."""
    axis = CHANNEL if CHANNEL in seen.source.roles else FEATURE
    channels = seen.source.dim(axis) if axis in seen.source.roles else seen.source.axes[-1].dim
    learned = [w.name.rsplit("/")[-1] for w in seen.row.weights if w.trainable]
    kept = [w for w in seen.row.weights if not w.trainable]
    text = (
        f"In training, each of the {counted(channels, 'channel')} is shifted and scaled to mean 0 "
        f"and variance 1 over the whole batch and all positions"
    )
    if learned:
        text += f", then scaled by a learned factor and shifted ({' and '.join(learned)})"
    text += ". Afterwards it uses the means and variances that it remembers"
    if kept:
        text += f": {counted(len(kept) * channels, 'value')} that no gradient learns"
    return Lesson((Point("does", text + "."),))


def dropout(kind: Dropout, seen: Seen) -> Lesson:
    """Srivastava et al. (2014)."""
    text = (
        f"In training, every value is set to 0 with probability {kind.rate:g} and the others are "
        f"multiplied by 1/(1 - {kind.rate:g}); afterwards nothing changes. No weights."
    )
    return Lesson((Point("does", text),))


def merge(kind: Merge, seen: Seen) -> Lesson:
    """Value by value; smaller operands are stretched."""
    words = {"add": "added", "multiply": "multiplied", "subtract": "subtracted"}
    word = words.get(kind.operation, f"combined ({kind.operation})")
    shapes = " and ".join([by(without_batch(one)) or "one number" for one in seen.operands])
    return Lesson((Point("does", f"{shapes} are {word} value by value. No weights."),))


def concatenate(kind: Concatenate, seen: Seen) -> Lesson:
    """Side by side along one axis."""
    place = seen.source.locate(kind.axis)
    sizes = [one.axes[place].dim for one in seen.operands]
    role = seen.source.axes[place].role or f"axis {place}"
    parts = " + ".join([str(size) for size in sizes])
    made = seen.made.axes[place].dim
    text = f"The inputs are put side by side along {role}: {parts} = {made}. Nothing is added up."
    return Lesson((Point("does", text),))
