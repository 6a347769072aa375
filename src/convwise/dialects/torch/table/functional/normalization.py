"""Functions that normalise, with the scale and the centre that they are given."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import count, integers, norm_order, number, optional
from convwise.dialects.torch.table.normalization import ENTRIES as MODULES
from convwise.dialects.torch.table.normalization import (
    FLOAT_EPSILON,
    channels_second,
    kept_share,
    must_have_pixels,
    trailing_axes,
    trailing_shape,
)
from convwise.dialects.torch.table.views import image
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm, UnitNorm
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.kinds.source import Unknown

_MODULES = {one.name: one for one in MODULES}
_WEIGHTS: Final = ("input", "weight", "bias")
_EPS: Final = Parameter("eps", 1e-5, number)
_SHAPE: Final = Parameter("normalized_shape", REQUIRED, trailing_shape)


def _given(name: str, kind: Kind, roles: Roles | None, arguments: Arguments) -> tuple[Part, ...]:
    """The kind on the input and, where they are given, a scale and a centre."""
    given = arguments["given"]
    if "bias" in given and "weight" not in given:
        return (Part(Unknown(f"F.{name} with a bias and no weight")),)
    return (Part(kind, (roles, *[None] * (len(given) - 1))),)


def _batch(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    share = kept_share(arguments["momentum"])
    kind = BatchNorm(1, False, False, False, arguments["eps"], share)
    return _given("batch_norm", kind, channels_second(inputs), arguments)


def _instance(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    rank = inputs[0].rank - 2
    if arguments["use_input_stats"] and rank > 0:
        must_have_pixels(inputs, rank, "instance_norm")
    share = kept_share(arguments["momentum"])
    kind = InstanceNorm(False, False, arguments["eps"], share)
    roles = image(rank, inputs) if rank in (1, 2, 3) else None
    return _given("instance_norm", kind, roles, arguments)


def _group(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kind = GroupNorm(arguments["num_groups"], 1, False, False, arguments["eps"])
    return _given("group_norm", kind, channels_second(inputs), arguments)


def _layer(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    axes = trailing_axes(arguments["normalized_shape"])
    kind = LayerNorm(axes, False, False, arguments["eps"])
    return _given("layer_norm", kind, None, arguments)


def _rms(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    eps = FLOAT_EPSILON if arguments["eps"] is None else arguments["eps"]
    kind = RMSNorm(trailing_axes(arguments["normalized_shape"]), False, eps)
    return _given("rms_norm", kind, None, arguments)


def _unit(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(UnitNorm(arguments["dim"], float(arguments["eps"]), arguments["p"])),)


_RESPONSE = _MODULES["LocalResponseNorm"]
_STATISTICS = free("running_mean", "running_var")
_MOMENTUM = Parameter("momentum", 0.1, optional(number))

ENTRIES = (
    Entry(
        "batch_norm",
        (*_STATISTICS, *free("training"), _MOMENTUM, _EPS),
        _batch,
        tensors=_WEIGHTS,
        order=(
            "input",
            "running_mean",
            "running_var",
            "weight",
            "bias",
            "training",
            "momentum",
            "eps",
        ),
    ),
    Entry(
        "instance_norm",
        (*_STATISTICS, Parameter("use_input_stats", True), _MOMENTUM, _EPS),
        _instance,
        tensors=_WEIGHTS,
        order=(
            "input",
            "running_mean",
            "running_var",
            "weight",
            "bias",
            "use_input_stats",
            "momentum",
            "eps",
        ),
    ),
    Entry(
        "group_norm",
        (Parameter("num_groups", REQUIRED, count), _EPS),
        _group,
        tensors=_WEIGHTS,
        order=("input", "num_groups", "weight", "bias", "eps"),
    ),
    Entry(
        "layer_norm",
        (_SHAPE, _EPS),
        _layer,
        tensors=_WEIGHTS,
        order=("input", "normalized_shape", "weight", "bias", "eps"),
    ),
    Entry(
        "rms_norm",
        (_SHAPE, Parameter("eps", None, optional(number))),
        _rms,
        tensors=_WEIGHTS[:2],
        order=("input", "normalized_shape", "weight", "eps"),
    ),
    Entry(
        "normalize",
        (
            Parameter("p", 2.0, norm_order),
            Parameter("dim", (1,), integers),
            Parameter("eps", 1e-12, number),
            *free("out"),
        ),
        _unit,
    ),
    Entry("local_response_norm", _RESPONSE.parameters, _RESPONSE.parts),
)
