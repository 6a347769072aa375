"""MATLAB's fully connected layer, embeddings, flattening and layers that change nothing."""

from __future__ import annotations

from convwise.dialects.matlab.table.entry import Entry, Parts
from convwise.dialects.matlab.table.shapes import flattened, must_have_channels
from convwise.dialects.matlab.table.values import auto, count, learned, word
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.errors import RuleError
from convwise.graph.axes import describe
from convwise.kinds.dense import Dense
from convwise.kinds.embedding import Embedding
from convwise.kinds.views import Identity, Squeeze


def _connected(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Space and channels are one vector; every time step is connected on its own."""
    before = flattened(inputs[0])
    if not before:
        must_have_channels(arguments, inputs, "InputSize")
    return (*before, Part(Dense(arguments["OutputSize"])))


def _flatten(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return flattened(inputs[0]) or (Part(Identity()),)


def identity(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Nothing happens."""
    return (Part(Identity()),)


def _embedding(name: str) -> Parts:
    """Words are numbers in the only channel, which their vectors replace.

    One vector more stands for all words that are not known, unless these are errors.
    """

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        source = inputs[0]
        if source.known and (source.rank < 3 or source.axes[-1].dim != 1):
            raise RuleError(
                f"{name} takes a sequence of word numbers, found {describe(source)}",
                hint="sequenceInputLayer(1) before it",
            )
        others = 1 if arguments["OOVMode"] == "map-to-last" else 0
        table = Embedding(arguments["NumWords"] + others, arguments["Dimension"])
        return (Part(Squeeze((-1,)), (), "words"), Part(table))

    return parts


ENTRIES = (
    Entry(
        "fullyConnectedLayer",
        (
            Parameter("OutputSize", REQUIRED, count),
            Parameter("InputSize", None, auto(count)),
            *free("OperationDimension"),
            *learned("Weights", "Bias"),
        ),
        _connected,
        "fc",
        1,
    ),
    Entry("flattenLayer", (), _flatten, "flatten"),
    Entry("identityLayer", (), identity, "identity"),
    Entry(
        "wordEmbeddingLayer",
        (
            Parameter("Dimension", REQUIRED, count),
            Parameter("NumWords", REQUIRED, count),
            Parameter("OOVMode", "map-to-last", word("map-to-last", "error")),
            *learned("Weights"),
            *free("Vocabulary"),
        ),
        _embedding("wordEmbeddingLayer"),
        "word-embedding",
        2,
    ),
)
