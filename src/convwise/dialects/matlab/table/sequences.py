"""MATLAB's layers for steps and tokens: folding, positions, patches, indexing."""

from __future__ import annotations

from convwise.dialects.matlab.table.entry import Entry, first_only, from_nothing
from convwise.dialects.matlab.table.shapes import SPACE, TIME, spatial
from convwise.dialects.matlab.table.values import count, learned, show, sizes, word
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, Axis, Tensor, describe
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.convolution import Convolution
from convwise.kinds.embedding import Embedding
from convwise.kinds.folded_time import BatchToTime, TimeToBatch
from convwise.kinds.slicing import Slice
from convwise.kinds.source import Constant, Unknown
from convwise.kinds.source import Parameter as Free
from convwise.kinds.views import Flatten, Identity, Permute, Unsqueeze
from convwise.kinds.windows import VALID

_ONE_EXAMPLE = ("out", "miniBatchSize")


def _fold(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    source = inputs[0]
    if source.known and TIME not in source.roles:
        raise RuleError(
            f"only a sequence can be folded, the input is {describe(source)}",
            hint="sequenceInputLayer before it",
        )
    return (Part(TimeToBatch()),)


def _unfold(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """The second input is what was folded: its steps come back."""
    folded = inputs[1]
    if not folded.known:
        return (Part(Unknown("sequenceUnfoldingLayer of an unknown number of steps")),)
    return (Part(BatchToTime(Axis(TIME, folded.dim(TIME)))),)


def _positions(source: Tensor, arguments: Arguments) -> int:
    """Where the axis of the positions stands."""
    wanted = arguments["PositionDimension"]
    if TIME in source.roles and wanted != "spatial":
        return source.position(TIME)
    space = spatial(source)
    if len(space) != 1:
        raise RuleError(
            f"positions are those of one axis, the input {describe(source)} has {len(space)} in "
            f"space",
            hint="flatten the space of images before it",
        )
    return space[0]


def _embedded(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """A table of vectors, as many of them as there are positions; the same for every example."""
    source = inputs[0]
    if not source.known:
        return (Part(Unknown("positionEmbeddingLayer of an unknown number of positions")),)
    axis = source.axes[_positions(source, arguments)]
    most = arguments["MaxPosition"]
    if type(axis.dim) is int and axis.dim > most:
        raise RuleError(
            f"there are {axis.dim} positions and at most {most} are embedded",
            hint=f"set MaxPosition to {axis.dim}",
        )
    if type(axis.dim) is not int:
        # A free number of positions cannot be cut off a table, but looked up in it.
        numbers = Constant(Tensor((Axis(axis.role, axis.dim),), "int32"))
        rows = Embedding(most, arguments["OutputSize"])
        return (Part(numbers, (), "numbers"), Part(rows), *_for_all(source))
    table = Free("Weights", ((axis.role, most), (CHANNEL, arguments["OutputSize"])))
    if axis.dim == most:
        return (Part(table), *_for_all(source))
    return (Part(table), Part(Slice(((0, axis.dim, 1),)), (), "positions"), *_for_all(source))


def _for_all(source: Tensor) -> tuple[Part, ...]:
    """The same values for every example."""
    examples = source.axes[0].dim
    spread = Part(Broadcast((examples, None, None)), (), "for all")
    return (Part(Unsqueeze(0, BATCH), (), "examples"), spread)


def _sinusoids(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    source = inputs[0]
    if not source.known or arguments["Positions"] != "auto":
        return (Part(Unknown("sinusoidalPositionEncodingLayer of positions that are data")),)
    axis = source.axes[_positions(source, arguments)]
    made = Tensor((Axis(axis.role, axis.dim), Axis(CHANNEL, arguments["OutputSize"])))
    return (Part(Constant(made)), *_for_all(source))


def _patches(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """A convolution without overlap, then all positions along one axis."""
    source = inputs[0]
    places = spatial(source)
    size = arguments["PatchSize"]
    size = size * len(places) if len(size) == 1 else size
    if source.known and (len(size) != len(places) or not places):
        raise RuleError(
            f"patches {show(size)} have {len(size)} axes, the input {describe(source)} has "
            f"{len(places)} in space",
            hint="give one number for all axes",
        )
    ones = (1,) * len(size)
    patches = Convolution(size, arguments["OutputSize"], size, ones, VALID)
    if len(places) < 2:
        return (Part(patches),)
    start, last = places[0], source.rank - 1
    turned = (*range(start), *range(last - 1, start - 1, -1), last)
    by_column = arguments["SpatialFlattenMode"] == "column-major"
    turn = (Part(Permute(turned), (), "transpose"),) if by_column else ()
    flat = Part(Flatten(start, last - 1), (), "positions")
    seen = (*source.roles[:start], SPACE[0], CHANNEL)
    return (Part(patches), *turn, flat, Part(Identity(), (seen,)))


def _one_step(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    source, where = inputs[0], arguments["Index"]
    place = source.position(TIME) if TIME in source.roles else (*spatial(source), 1)[0]
    index = -1 if where == "last" else where - 1
    whole = (None, None, None)
    return (Part(Slice((*[whole] * place, index))),)


def _index(value: object, name: str) -> object:
    """The last place, or a place counted from 1."""
    if type(value) is not str:
        return count(value, name)
    return 1 if word("first", "last")(value, name) == "first" else "last"


_DIMENSION = Parameter("PositionDimension", "auto", word("auto", "temporal", "spatial"))


def _patch(value: object, name: str) -> tuple[int, ...]:
    return sizes(len(value) if type(value) is tuple else 1)(value, name)  # type: ignore[no-any-return]


ENTRIES = (
    Entry("sequenceFoldingLayer", (), _fold, "seqfold", outputs=lambda arguments: _ONE_EXAMPLE),
    Entry(
        "sequenceUnfoldingLayer",
        (),
        _unfold,
        "sequnfold",
        ports=lambda arguments: ("in", "miniBatchSize"),
        feeds=first_only,
    ),
    Entry(
        "positionEmbeddingLayer",
        (
            Parameter("OutputSize", REQUIRED, count),
            Parameter("MaxPosition", REQUIRED, count),
            _DIMENSION,
            *learned("Weights"),
        ),
        _embedded,
        "posembed",
        2,
        feeds=from_nothing,
    ),
    Entry(
        "sinusoidalPositionEncodingLayer",
        (
            Parameter("OutputSize", REQUIRED, count),
            Parameter("Positions", "auto", word("auto", "data-values")),
            _DIMENSION,
        ),
        _sinusoids,
        "sineposenc",
        1,
        feeds=from_nothing,
    ),
    Entry(
        "patchEmbeddingLayer",
        (
            Parameter("PatchSize", REQUIRED, _patch),
            Parameter("OutputSize", REQUIRED, count),
            Parameter("SpatialFlattenMode", "column-major", word("column-major", "row-major")),
            *free("InputSize"),
            *learned("Weights", "Bias"),
        ),
        _patches,
        "patchembed",
        2,
    ),
    Entry(
        "indexing1dLayer",
        (Parameter("Index", 1, _index),),
        _one_step,
        "indexing1d",
        1,
    ),
)
