"""Draws that many families share: shapes, sizes per axis, decorations; must never import Keras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.differential.cases import Draft, Parameter, Shape, Source

SIZES = (1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 11, 12)
#: Families whose layers refuse any other number of axes; others read the batch as one of them.
STRICT = ("convolution", "transposed convolution", "separable convolution", "pooling")
CHANNELS = (1, 2, 3, 4, 4, 6, 6, 8)


def image(rank: int, channels: Sequence[int] = CHANNELS) -> Callable[[Draft], tuple[Shape, ...]]:
    """One input with `rank` axes in space, its channel where `data_format` says."""

    def draw(draft: Draft) -> tuple[Shape, ...]:
        strict = draft.recipe.family in STRICT
        axes = max(1, rank + draft.rng.choice((-1, 1))) if strict and draft.breaks(0.1) else rank
        spatial = tuple(draft.rng.choice(SIZES) for _ in range(axes))
        channel = (draft.rng.choice(channels),)
        return (channel + spatial if draft.channels_first else spatial + channel,)

    return draw


def any_shape(lowest: int, highest: int) -> Callable[[Draft], tuple[Shape, ...]]:
    """One input with `lowest` to `highest` axes, batch not counted."""

    def draw(draft: Draft) -> tuple[Shape, ...]:
        rank = draft.rng.randint(lowest, highest)
        return (tuple(draft.rng.randint(1, 7) for _ in range(rank)),)

    return draw


def spell(draft: Draft, sizes: Sequence[int]) -> Any:
    """The sizes as a user may write them: one number where all are equal, a tuple or a list."""
    if len(set(sizes)) == 1 and draft.chance(0.5):
        return sizes[0]
    return list(sizes) if draft.chance(0.2) else tuple(sizes)


def per_axis(value: Any, rank: int, default: int = 1) -> tuple[int, ...]:
    """A spelled size back as one number per axis."""
    if value is None:
        return (default,) * rank
    if isinstance(value, int):
        return (value,) * rank
    return tuple(value)


def one_of(*values: Any) -> Callable[[Draft], Any]:
    return lambda draft: draft.rng.choice(values)


def a_float(low: float, high: float) -> Callable[[Draft], float]:
    return lambda draft: round(draft.rng.uniform(low, high), 3)


def text(*texts: str) -> Callable[[Draft], Source]:
    """One of several source texts."""
    return lambda draft: Source(draft.rng.choice(texts))


def data_format(draft: Draft) -> str:
    return "channels_last" if draft.chance(0.1) else "channels_first"


def axes(draft: Draft, several: bool = True) -> Any:
    """One axis of the input (batch is axis 0), or several, all counted from one end."""
    rank = len(draft.shape)
    if draft.breaks():
        return rank + draft.rng.randint(1, 3)
    if several and rank > 1 and draft.chance(0.4):
        picked = draft.rng.sample(range(1, rank + 1), draft.rng.randint(1, rank))
        picked.sort()
        # All from one end: Keras sorts axes as written and computes nonsense for axis=[1, -1].
        signed = [axis - rank - 1 for axis in picked] if draft.chance(0.3) else picked
        return signed if draft.chance(0.5) else tuple(signed)
    axis = draft.rng.randint(1, rank)
    return axis - rank - 1 if draft.chance(0.4) else axis


def along(draft: Draft, axis: int) -> int:
    """The size along an axis that counts the batch; some size if there is no such axis."""
    return draft.shape[(axis - (axis > 0)) % len(draft.shape)]


def one_axis(draft: Draft) -> int:
    return int(axes(draft, several=False))


DATA_FORMAT = Parameter("data_format", data_format)
SEED = Parameter("seed", lambda draft: draft.rng.randint(0, 99), neutral=True)
INITIALIZERS = text("'he_normal'", "'ones'", "keras.initializers.HeNormal()")
REGULARIZERS = text("'l2'", "keras.regularizers.L2(1e-4)", "keras.regularizers.l1(0.01)")
CONSTRAINTS = text("'non_neg'", "keras.constraints.MaxNorm(2)")


def weight_options(*roles: str) -> tuple[Parameter, ...]:
    """How a weight starts and is held: no number may depend on it."""
    found = []
    for role in roles:
        found.append(Parameter(f"{role}_initializer", INITIALIZERS, neutral=True))
    for role in roles:
        found.append(Parameter(f"{role}_regularizer", REGULARIZERS, neutral=True))
    for role in roles:
        found.append(Parameter(f"{role}_constraint", CONSTRAINTS, neutral=True))
    return tuple(found)


NAME = Parameter("name", lambda draft: f"layer_{draft.rng.randint(0, 999)}", neutral=True)
DTYPE = Parameter("dtype", one_of("float16", "float64", "bfloat16", "mixed_float16"), neutral=True)
ACTIVITY = Parameter("activity_regularizer", REGULARIZERS, neutral=True)
COMMON = (NAME, Parameter("trainable", one_of(False), neutral=True), DTYPE)
#: The same for a layer with weights: whether it trains decides its trainable parameters.
WEIGHTED = (NAME, Parameter("trainable", one_of(False)), DTYPE)
