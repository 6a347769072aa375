"""Keras's normalisation layers; axes are counted with the batch, as Keras counts them."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.checks import axes, flag, integer, number
from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part, free
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm, UnitNorm
from convwise.kinds.normalization import BatchNorm, GroupNorm
from convwise.kinds.source import Unknown

_EPSILON = Parameter("epsilon", 1e-3, number)
_CENTER = Parameter("center", True, flag)
_SCALE = Parameter("scale", True, flag)
_WEIGHTS = free(
    "beta_initializer",
    "gamma_initializer",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)


def _one_axis(value: Any, name: str) -> int:
    """tf.keras 2 also took a list of one axis."""
    if type(value) in (tuple, list) and len(value) == 1:
        return integer(value[0], name)
    return integer(value, name)


def _batch(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    if arguments["renorm"]:
        return (Part(Unknown("BatchNormalization with renorm")),)
    kind = BatchNorm(
        arguments["axis"],
        arguments["scale"],
        arguments["center"],
        True,
        arguments["epsilon"],
        arguments["momentum"],
    )
    return (Part(kind),)


def _layer(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    over = _located(arguments["axis"], inputs)
    scale, center = arguments["scale"], arguments["center"]
    if arguments["rms_scaling"]:
        return (Part(RMSNorm(over, True, arguments["epsilon"])),)
    return (Part(LayerNorm(over, scale, center, arguments["epsilon"])),)


def _rms(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(RMSNorm(_located(arguments["axis"], inputs), True, arguments["epsilon"])),)


def _unit(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(UnitNorm(_located(arguments["axis"], inputs))),)


def _group(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    groups = arguments["groups"]
    kind = GroupNorm(
        None if groups == -1 else groups,
        arguments["axis"],
        arguments["scale"],
        arguments["center"],
        arguments["epsilon"],
    )
    return (Part(kind),)


def _located(given: tuple[int, ...], inputs: Inputs) -> tuple[int, ...]:
    """Axes in the order they are written, each from the front."""
    return tuple([inputs[0].locate(axis) for axis in given])


ENTRIES = (
    Entry(
        "BatchNormalization",
        (
            Parameter("axis", -1, _one_axis),
            Parameter("momentum", 0.99, number),
            _EPSILON,
            _CENTER,
            _SCALE,
            *_WEIGHTS[:2],
            *free("moving_mean_initializer", "moving_variance_initializer"),
            *_WEIGHTS[2:],
            Parameter("renorm", False, flag),
            *free(
                "renorm_clipping", "renorm_momentum", "synchronized", "fused", "virtual_batch_size"
            ),
            *free("mode", "gamma_init", "beta_init"),
        ),
        _batch,
        aliases=("SyncBatchNormalization",),
    ),
    Entry(
        "LayerNormalization",
        (
            Parameter("axis", (-1,), axes),
            _EPSILON,
            _CENTER,
            _SCALE,
            *_WEIGHTS,
            Parameter("rms_scaling", False, flag),
        ),
        _layer,
        needs_input=True,
    ),
    Entry(
        "GroupNormalization",
        (
            Parameter("groups", 32, integer),
            Parameter("axis", -1, _one_axis),
            _EPSILON,
            _CENTER,
            _SCALE,
            *_WEIGHTS,
        ),
        _group,
    ),
    Entry(
        "RMSNormalization",
        (Parameter("axis", (-1,), axes), Parameter("epsilon", 1e-6, number)),
        _rms,
        needs_input=True,
    ),
    Entry("UnitNormalization", (Parameter("axis", (-1,), axes),), _unit, needs_input=True),
)
