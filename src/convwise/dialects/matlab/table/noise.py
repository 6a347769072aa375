"""MATLAB's layers that act in training only."""

from __future__ import annotations

from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.table.shapes import spatial
from convwise.dialects.matlab.table.values import share
from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part
from convwise.kinds.noise import Dropout


def _dropout(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Dropout(arguments["Probability"])),)


def _spatial(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """One draw decides for a whole channel: for all positions in space, or in time without it."""
    source = inputs[0]
    places = spatial(source) or tuple(range(1, source.rank - 1))
    return (Part(Dropout(arguments["Probability"], tuple([source.reference(p) for p in places]))),)


_PROBABILITY = Parameter("Probability", 0.5, share)

ENTRIES = (
    Entry("dropoutLayer", (_PROBABILITY,), _dropout, "dropout", 1),
    Entry("spatialDropoutLayer", (_PROBABILITY,), _spatial, "spatialdropout", 1),
)
