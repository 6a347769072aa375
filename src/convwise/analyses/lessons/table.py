"""The table of kinds and of the lesson about each; what has none is told by its own summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from convwise.analyses.lessons.contract import Lesson, Point, Seen, Teach
from convwise.analyses.lessons.convolutions import convolution
from convwise.analyses.lessons.dense import dense, flatten
from convwise.analyses.lessons.pointwise import (
    activation,
    batch_norm,
    concatenate,
    dropout,
    merge,
    softmax,
)
from convwise.analyses.lessons.pools import adaptive_pool, average_pool, global_pool, max_pool
from convwise.analyses.lessons.sequences import (
    attention,
    embedding,
    multi_head_attention,
    recurrent,
)
from convwise.analyses.lessons.upscaling import transposed_convolution, upsample
from convwise.kinds.activation import Activation
from convwise.kinds.contract import Kind

_LESSONS: Final[Mapping[str, Teach]] = {
    "convolution": convolution,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "global_pool": global_pool,
    "adaptive_pool": adaptive_pool,
    "dense": dense,
    "flatten": flatten,
    "activation": activation,
    "softmax": softmax,
    "batch_norm": batch_norm,
    "dropout": dropout,
    "merge": merge,
    "concatenate": concatenate,
    "transposed_convolution": transposed_convolution,
    "upsample": upsample,
    "embedding": embedding,
    "recurrent": recurrent,
    "attention": attention,
    "multi_head_attention": multi_head_attention,
}


def lesson(seen: Seen) -> Lesson:
    """What there is to say about a layer."""
    teach = _LESSONS.get(seen.kind.name)
    if teach is None:
        return Lesson((Point("does", type(seen.kind).summary),))
    return teach(seen.kind, seen)


def functions(kinds: list[Kind]) -> list[tuple[str, Kind]]:
    """The first of these operations that look at one value by itself, with a word for each."""
    found: list[tuple[str, Kind]] = []
    for kind in kinds:
        if not isinstance(kind, Activation):
            break
        found.append((f"{kind.function} of it", kind))
    return found


def spoken(kind: Kind) -> str:
    """A short word for an operation that follows another one in the same layer: relu, softmax."""
    return kind.function if isinstance(kind, Activation) else kind.name.replace("_", " ")
