"""Keras's dense, embedding and rearranging layers, which know no windows."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.views import guess
from convwise.dialects.python.checks import flag, optional, positive, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, describe
from convwise.kinds.dense import Dense
from convwise.kinds.embedding import Embedding
from convwise.kinds.reshape import Reshape
from convwise.kinds.slicing import Repeat
from convwise.kinds.source import Unknown
from convwise.kinds.views import Flatten, Identity, Permute

_FORMAT = Parameter("data_format", None, data_format)
_LORA = (
    Parameter("lora_rank", None, optional(positive)),
    *free("lora_alpha", "quantization_config"),
)
_OLD_WEIGHTS = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
_OPTIONS = free(
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)


def _dense(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    if arguments["lora_rank"]:
        return (Part(Unknown("Dense with lora_rank")),)
    return (Part(Dense(arguments["units"], arguments["use_bias"])),)


def _embedding(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    if arguments["lora_rank"]:
        return (Part(Unknown("Embedding with lora_rank")),)
    return (Part(Embedding(arguments["input_dim"], arguments["output_dim"])),)


def _flatten(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Keras flattens in the order of channels last, whatever the data format."""
    rank = inputs[0].rank
    if arguments["data_format"] == "channels_last" or rank < 3:
        return (Part(Flatten()),)
    return (Part(Permute((0, *range(2, rank), 1)), (), "transpose"), Part(Flatten()))


def _shape(value: Any, name: str) -> tuple[int, ...]:
    found = (value,) if type(value) is int else value
    if type(found) in (tuple, list) and all(type(one) is int for one in found):
        return tuple(found)
    raise RuleError(
        f"{name} must be a tuple of integers without the batch, found {show(value)}",
        hint=f"such as {name}=(28, 28, 1); one of them may be -1",
    )


def _reshape(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    target = arguments["target_shape"]
    return (Part(Reshape(target, guess(len(target) + 1, "channels_last")[1:])),)


def _dims(value: Any, name: str) -> tuple[int, ...]:
    found = _shape(value, name)
    if sorted(found) == list(range(1, len(found) + 1)):
        return found
    raise RuleError(
        f"{name} must name each axis from 1 to {len(found)} once, found {show(value)}",
        hint="the batch axis is not counted: (2, 1) exchanges the first two axes",
    )


def _permute(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    dims = arguments["dims"]
    source = inputs[0]
    if len(dims) != source.rank - 1:
        raise RuleError(
            f"dims {dims} names {len(dims)} axes, "
            f"the input {describe(source)} has {source.rank - 1} besides the batch",
            hint="name every axis but the batch once",
        )
    return (Part(Permute((0, *dims))),)


def _repeat(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Repeat(arguments["n"]), ((BATCH, FEATURE),)),)


def _identity(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Identity()),)


ENTRIES = (
    Entry(
        "Dense",
        (
            Parameter("units", REQUIRED, positive),
            Parameter("activation"),
            Parameter("use_bias", True, flag),
            *_OPTIONS,
            *_LORA,
        ),
        _dense,
        aliases=("TimeDistributedDense",),
        old={"output_dim": "units", **_OLD_WEIGHTS},
        activated=True,
    ),
    Entry(
        "Embedding",
        (
            Parameter("input_dim", REQUIRED, positive),
            Parameter("output_dim", REQUIRED, positive),
            *free(
                "embeddings_initializer",
                "embeddings_regularizer",
                "embeddings_constraint",
                "mask_zero",
                "weights",
            ),
            *_LORA,
        ),
        _embedding,
        old={"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer"},
    ),
    Entry("Flatten", (_FORMAT,), _flatten, needs_input=True),
    Entry(
        "Reshape",
        (Parameter("target_shape", REQUIRED, _shape),),
        _reshape,
        old={"dims": "target_shape"},
    ),
    Entry("Permute", (Parameter("dims", REQUIRED, _dims),), _permute, needs_input=True),
    Entry("RepeatVector", (Parameter("n", REQUIRED, positive),), _repeat),
    Entry("Identity", (), _identity),
    Entry("Masking", free("mask_value"), _identity),
    Entry("ActivityRegularization", free("l1", "l2"), _identity),
)
