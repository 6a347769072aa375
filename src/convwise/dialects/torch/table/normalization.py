"""PyTorch's normalisation modules: channels are the second axis, layers are trailing axes."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.python.checks import flag, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.dialects.torch.conventions import IMAGE
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import STORED, at_least, count, number, optional
from convwise.dialects.torch.table.views import image, sample
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, Tensor, tensor
from convwise.graph.builder import Roles
from convwise.graph.dims import product
from convwise.kinds.layer_normalization import LayerNorm, LocalResponseNorm, RMSNorm
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm

_FEATURES = Parameter("num_features", REQUIRED, count)
_EPS = Parameter("eps", 1e-5, number)
_MOMENTUM = Parameter("momentum", 0.1, optional(number))
#: The epsilon of an RMSNorm that is given none: the distance of 1 to the next float32.
FLOAT_EPSILON: Final = 2.0**-23


def kept_share(momentum: float | None) -> float | None:
    """PyTorch's momentum is the share of the new value; None averages over all batches."""
    return None if momentum is None else 1 - momentum


def channels_second(inputs: Inputs) -> Roles | None:
    """The roles of an input whose second axis are channels; None where its axes may stay."""
    rank = inputs[0].rank if inputs else 0
    return IMAGE[rank - 2] if rank in (3, 4, 5) else None


def must_have_rank(inputs: Inputs, name: str, *ranks: int) -> None:
    if inputs and inputs[0].rank not in ranks:
        wanted = " or ".join([str(rank) for rank in ranks])
        raise RuleError(
            f"{name} needs an input with {wanted} axes, batch included, it has {inputs[0].rank}",
            hint="check the number of axes; the batch is counted here",
        )


def _batch(name: str, *ranks: int) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        if ranks:
            must_have_rank(inputs, name, *ranks)
        affine = arguments["affine"]
        kind = BatchNorm(
            1,
            affine,
            affine and arguments["bias"],
            arguments["track_running_stats"],
            arguments["eps"],
            kept_share(arguments["momentum"]),
        )
        return (Part(kind, (channels_second(inputs),)),)

    def sees(arguments: Arguments) -> tuple[Tensor, ...]:
        rank = max(ranks, default=3) - 2
        return sample(rank, arguments["num_features"], (2,) * rank)

    group = free("process_group") if name == "SyncBatchNorm" else ()
    return Entry(
        name,
        (_FEATURES, *_statistics(affine=True, tracks=True), *group, *STORED, _SHIFT),
        parts,
        expects=_expects_features,
        sees=sees,
    )


_SHIFT = Parameter("bias", True, flag)


def _statistics(*, affine: bool, tracks: bool) -> tuple[Parameter, ...]:
    return (
        _EPS,
        _MOMENTUM,
        Parameter("affine", affine, flag),
        Parameter("track_running_stats", tracks, flag),
    )


def _expects_features(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("num_features", arguments["num_features"], 1, "channels"),)


def _instance_kind(arguments: Arguments) -> InstanceNorm:
    return InstanceNorm(
        arguments["affine"],
        arguments["track_running_stats"],
        arguments["eps"],
        kept_share(arguments["momentum"]),
        arguments["bias"],
    )


def must_have_pixels(inputs: Inputs, rank: int, name: str) -> None:
    """RuleError for one pixel, which has no variance; PyTorch refuses it."""
    if inputs and inputs[0].rank > rank and product(inputs[0].shape[-rank:]) == 1:
        raise RuleError(
            f"{name} needs more than one pixel per channel to take their variance, found 1",
            hint="normalise before the last pooling, or with a LayerNorm",
        )


def _instance(rank: int) -> Entry:
    name = f"InstanceNorm{rank}d"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        must_have_rank(inputs, name, rank + 1, rank + 2)
        if not arguments["track_running_stats"]:
            must_have_pixels(inputs, rank, name)
        return (Part(_instance_kind(arguments), (image(rank, inputs),)),)

    def expects(arguments: Arguments) -> tuple[Expected, ...]:
        """Without weights PyTorch only warns of another number."""
        if not (arguments["affine"] or arguments["track_running_stats"]):
            return ()
        return (Expected("num_features", arguments["num_features"], -rank - 1, "channels"),)

    def sees(arguments: Arguments) -> tuple[Tensor, ...]:
        return sample(rank, arguments["num_features"], (2,) * rank)

    return Entry(
        name,
        (_FEATURES, *_statistics(affine=False, tracks=False), *STORED, _SHIFT),
        parts,
        expects=expects,
        sees=sees,
    )


def _lazy(entry: Entry) -> Entry:
    """The same module with num_features left to the first input; affine and tracking."""
    defaults = {"affine": True, "track_running_stats": True}
    parameters = [
        Parameter(one.name, defaults.get(one.name, one.default), one.check)
        for one in entry.parameters[1:]
    ]
    return Entry(f"Lazy{entry.name}", tuple(parameters), entry.parts)


def _group(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    affine = arguments["affine"]
    center = affine and arguments["bias"]
    kind = GroupNorm(arguments["num_groups"], 1, affine, center, arguments["eps"])
    return (Part(kind, (channels_second(inputs),)),)


def _agree_groups(arguments: Arguments) -> None:
    groups, channels = arguments["num_groups"], arguments["num_channels"]
    if channels % groups:
        raise RuleError(
            f"num_channels={channels} does not split into num_groups={groups}",
            hint="num_groups must divide num_channels",
        )


def _expects_channels(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("num_channels", arguments["num_channels"], 1, "channels"),)


def _sees_channels(arguments: Arguments) -> tuple[Tensor, ...]:
    return (tensor((1, arguments["num_channels"], 2), IMAGE[1]),)


def trailing_shape(value: Any, name: str) -> tuple[int, ...]:
    """One size or several: the last axes of the input."""
    listed = list(value) if type(value) in (tuple, list) else [value]
    if listed and all(type(one) is int and one > 0 for one in listed):
        return tuple(listed)
    hint = f"such as {name}=64, the size of the last axis"
    if any(type(one) is float for one in listed):
        hint = f"use // instead of /, or int(...), for {name}"
    raise RuleError(
        f"{name} must be positive integers, found {show(value)}",
        hint=hint,
    )


def trailing_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(range(-len(shape), 0))


def _layer(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    affine = arguments["elementwise_affine"]
    over = trailing_axes(arguments["normalized_shape"])
    center = affine and arguments["bias"]
    return (Part(LayerNorm(over, affine, center, arguments["eps"])),)


def _rms(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    eps = FLOAT_EPSILON if arguments["eps"] is None else arguments["eps"]
    over = trailing_axes(arguments["normalized_shape"])
    return (Part(RMSNorm(over, arguments["elementwise_affine"], eps)),)


def _expects_shape(arguments: Arguments) -> tuple[Expected, ...]:
    shape = arguments["normalized_shape"]
    last = len(shape) == 1
    found = []
    for place, size in enumerate(shape):
        axis = place - len(shape)
        what = "values along its last axis" if last else f"values along axis {axis}"
        found.append(Expected("normalized_shape", size, axis, what))
    return tuple(found)


def _sees_shape(arguments: Arguments) -> tuple[Tensor, ...]:
    shape = arguments["normalized_shape"]
    return (tensor((1, *shape), (BATCH, *[None] * len(shape))),)


def response_parts(
    size: int, alpha: float, beta: float, k: float, inputs: Inputs
) -> tuple[Part, ...]:
    """PyTorch's alpha is shared among the `size` neighbours."""
    if inputs and inputs[0].rank < 3:
        raise RuleError(
            f"a local response norm needs an input with 3 axes or more, it has {inputs[0].rank}",
            hint="(batch, channels, and at least one axis of space)",
        )
    kind = LocalResponseNorm(size, alpha / size, float(beta), float(k))
    return (Part(kind, (channels_second(inputs),)),)


def _response(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return response_parts(
        arguments["size"], arguments["alpha"], arguments["beta"], arguments["k"], inputs
    )


def response_parameters(offset: float | int) -> tuple[Parameter, ...]:
    return (
        Parameter("size", REQUIRED, count),
        Parameter("alpha", 1e-4, number),
        Parameter("beta", 0.75, number),
        Parameter("k", offset, number),
    )


_SHAPE = Parameter("normalized_shape", REQUIRED, trailing_shape)
_AFFINE = Parameter("elementwise_affine", True, flag)
_BATCHES: Final = (_batch("BatchNorm1d", 2, 3), _batch("BatchNorm2d", 4), _batch("BatchNorm3d", 5))
_INSTANCES: Final = tuple([_instance(rank) for rank in (1, 2, 3)])

ENTRIES = (
    *_BATCHES,
    _batch("SyncBatchNorm"),
    *_INSTANCES,
    *[_lazy(entry) for entry in (*_BATCHES, *_INSTANCES)],
    Entry(
        "GroupNorm",
        (
            Parameter("num_groups", REQUIRED, at_least(1)),
            Parameter("num_channels", REQUIRED, count),
            _EPS,
            Parameter("affine", True, flag),
            *STORED,
            _SHIFT,
        ),
        _group,
        agree=_agree_groups,
        expects=_expects_channels,
        sees=_sees_channels,
    ),
    Entry(
        "LayerNorm",
        (_SHAPE, _EPS, _AFFINE, _SHIFT, *STORED),
        _layer,
        expects=_expects_shape,
        sees=_sees_shape,
    ),
    Entry(
        "RMSNorm",
        (_SHAPE, Parameter("eps", None, optional(number)), _AFFINE, *STORED),
        _rms,
        tensors=("x",),
        expects=_expects_shape,
        sees=_sees_shape,
    ),
    Entry("LocalResponseNorm", response_parameters(1.0), _response),
    Entry("CrossMapLRN2d", response_parameters(1), _response),
)
