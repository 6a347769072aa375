"""Keras's layers that act in training only: dropout and noise."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.table.entry import Entry, Parts
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.views import SPACE, image
from convwise.dialects.python.checks import number, rate, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.errors import RuleError
from convwise.kinds.noise import Dropout, GaussianNoise

_RATE = Parameter("rate", REQUIRED, rate)
_OLD = {"p": "rate"}


def _noise_shape(value: Any, name: str) -> tuple[int, ...]:
    """The axes along which one draw decides for all."""
    if value is None:
        return ()
    if type(value) in (tuple, list):
        return tuple([index for index, size in enumerate(value) if type(size) is int and size == 1])
    raise RuleError(
        f"{name} must be a tuple with a size or 1 per axis, found {show(value)}",
        hint=f"such as {name}=(None, 1, 1)",
    )


def _dropout(flavour: str) -> Parts:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        shared = arguments.get("noise_shape", ())
        return (Part(Dropout(arguments["rate"], shared, flavour)),)

    return parts


def _spatial_entry(rank: int) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        roles = image(arguments.get("data_format", "channels_last"), rank)
        return (Part(Dropout(arguments["rate"], SPACE[rank]), (roles,)),)

    formats = (Parameter("data_format", None, data_format),)
    parameters = (_RATE, *(formats if rank > 1 else ()), *free("seed"))
    old = {"p": "rate", "dim_ordering": "data_format"}
    return Entry(f"SpatialDropout{rank}D", parameters, parts, old=old)


def _noise(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(GaussianNoise(arguments["stddev"])),)


_SHAPED = (_RATE, Parameter("noise_shape", (), _noise_shape), *free("seed"))

ENTRIES = (
    Entry("Dropout", _SHAPED, _dropout("plain"), old=_OLD),
    Entry("AlphaDropout", _SHAPED, _dropout("alpha"), old=_OLD),
    Entry("GaussianDropout", (_RATE, *free("seed")), _dropout("gaussian"), old=_OLD),
    Entry(
        "GaussianNoise",
        (Parameter("stddev", REQUIRED, number), *free("seed")),
        _noise,
        old={"sigma": "stddev"},
    ),
    *[_spatial_entry(rank) for rank in (1, 2, 3)],
)
