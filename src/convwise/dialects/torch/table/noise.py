"""PyTorch's dropout modules; which values one draw decides for follows from the axes."""

from __future__ import annotations

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import INPLACE, share
from convwise.kinds.noise import Dropout

_RATE = Parameter("p", 0.5, share)


def dropout_parts(rate: float, flavour: str = "plain") -> tuple[Part, ...]:
    return (Part(Dropout(rate, (), flavour)),)


def channel_parts(
    rate: float, inputs: Inputs, unbatched: int = 0, flavour: str = "plain"
) -> tuple[Part, ...]:
    """One draw per channel; an input of `unbatched` axes is a single example."""
    rank = inputs[0].rank if inputs else 0
    first = 1 if unbatched and rank == unbatched else 2
    return (Part(Dropout(rate, tuple(range(first, rank)), flavour)),)


def _dropout(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return dropout_parts(arguments["p"])


def _alpha(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return dropout_parts(arguments["p"], "alpha")


def _feature_alpha(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return channel_parts(arguments["p"], inputs, flavour="alpha")


#: Axes of a single example; Dropout2d reads three axes as a batch of sequences.
SINGLE = {1: 2, 2: 0, 3: 4}


def _channels(rank: int) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return channel_parts(arguments["p"], inputs, SINGLE[rank])

    return Entry(f"Dropout{rank}d", (_RATE, INPLACE), parts)


ENTRIES = (
    Entry("Dropout", (_RATE, INPLACE), _dropout),
    *[_channels(rank) for rank in (1, 2, 3)],
    Entry("AlphaDropout", (_RATE, INPLACE), _alpha),
    Entry("FeatureAlphaDropout", (_RATE, INPLACE), _feature_alpha),
)
