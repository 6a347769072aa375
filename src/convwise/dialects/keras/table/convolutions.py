"""Keras's convolutions: plain, depthwise, separable and transposed; "same" pads at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.old import atrous, convolution, deconvolution
from convwise.dialects.keras.table.views import image
from convwise.dialects.python.checks import choice, flag, optional, positive, show, sizes
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Check,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import SAME, VALID, Padding

_PADDING = choice("valid", "same", lower=True)
_CAUSAL = choice("valid", "same", "causal", lower=True)
_FILTERS = Parameter("filters", REQUIRED, positive)
_FORMAT = Parameter("data_format", None, data_format)
_GROUPS = Parameter("groups", 1, positive)
_BIAS = Parameter("use_bias", True, flag)
_MULTIPLIER = Parameter("depth_multiplier", 1, positive)
_OLD = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
_OLD_DILATED = {**_OLD, "atrous_rate": "dilation_rate"}


def _options(*roles: str) -> tuple[Parameter, ...]:
    names = [f"{role}_initializer" for role in roles]
    names += [f"{role}_regularizer" for role in roles]
    names.append("activity_regularizer")
    names += [f"{role}_constraint" for role in roles]
    return free(*names)


def _window(rank: int) -> tuple[Parameter, Parameter]:
    return (
        Parameter("kernel_size", REQUIRED, sizes(rank)),
        Parameter("strides", (1,) * rank, sizes(rank)),
    )


def _dilation(rank: int) -> Parameter:
    return Parameter("dilation_rate", (1,) * rank, sizes(rank))


def _policy(arguments: Arguments) -> Padding:
    """Keras's word for padding as amounts: causal puts all of it before."""
    word = arguments["padding"]
    if word == "valid":
        return VALID
    if word == "same":
        return SAME
    pairs = zip(arguments["kernel_size"], arguments["dilation_rate"], strict=True)
    return Padding("explicit", tuple([((kernel - 1) * apart, 0) for kernel, apart in pairs]))


def agree(arguments: Arguments) -> None:
    """RuleError for windows that Keras refuses: strided and dilated at once, groups with a rest."""
    strides, dilation = arguments["strides"], arguments["dilation_rate"]
    if max(strides) > 1 and max(dilation) > 1:
        raise RuleError(
            f"strides {strides} and dilation_rate {dilation} are both larger than 1, "
            f"which Keras refuses",
            hint="set strides=1 or dilation_rate=1",
        )
    groups, filters = arguments.get("groups", 1), arguments.get("filters")
    if groups > 1 and filters % groups:
        raise RuleError(
            f"{filters} filters do not split into {groups} groups",
            hint="groups must divide both the input channels and the filters",
        )


def _plain(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kernel = arguments["kernel_size"]
    kind = Convolution(
        kernel,
        arguments["filters"],
        arguments["strides"],
        arguments["dilation_rate"],
        _policy(arguments),
        "zeros",
        arguments["groups"],
        1,
        arguments["use_bias"],
    )
    return (Part(kind, (image(arguments["data_format"], len(kernel)),)),)


def _depthwise_kind(arguments: Arguments, bias: bool) -> Convolution:
    return Convolution(
        arguments["kernel_size"],
        None,
        arguments["strides"],
        arguments["dilation_rate"],
        _policy(arguments),
        "zeros",
        None,
        arguments["depth_multiplier"],
        bias,
    )


def _depthwise(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    roles = image(arguments["data_format"], len(arguments["kernel_size"]))
    return (Part(_depthwise_kind(arguments, arguments["use_bias"]), (roles,)),)


def _separable(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    ones = (1,) * len(arguments["kernel_size"])
    roles = image(arguments["data_format"], len(ones))
    filters, bias = arguments["filters"], arguments["use_bias"]
    pointwise = Convolution(ones, filters, ones, ones, VALID, "zeros", 1, 1, bias)
    return (
        Part(_depthwise_kind(arguments, False), (roles,), "depthwise"),
        Part(pointwise, (), "pointwise"),
    )


def crop(extent: int, stride: int, same: bool, output_padding: int | None) -> tuple[int, int]:
    """Pixels cut off (before, after) a transposed convolution's natural output.

    Keras: valid gives (n-1)*stride + max(extent, stride), same gives n*stride; with output_padding
    (n-1)*stride + extent, or extent % 2 for same, + output_padding.
    """
    if not same:
        added = max(stride - extent, 0) if output_padding is None else output_padding
        return 0, -added
    if output_padding is None:
        spare = stride + extent - 2
    else:
        spare = extent + extent % 2 - 2 + output_padding
    before = min((spare + 1) // 2, extent - 1)
    return extent - 1 - before, extent - 1 - (spare - before)


def _transposed(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kernel, strides = arguments["kernel_size"], arguments["strides"]
    dilation = arguments["dilation_rate"]
    roles = image(arguments["data_format"], len(kernel))
    added = arguments["output_padding"] or (None,) * len(kernel)
    same = arguments["padding"] == "same"
    pairs = []
    for index, size in enumerate(kernel):
        extent = (size - 1) * dilation[index] + 1
        pairs.append(crop(extent, strides[index], same, added[index]))
    wanted = arguments.get("output_shape")
    if wanted is not None and inputs:
        pairs = _crop_to(wanted, arguments, inputs)
    kind = TransposedConvolution(
        kernel, arguments["filters"], strides, dilation, tuple(pairs), 1, arguments["use_bias"]
    )
    return (Part(kind, (roles,)),)


def _output_shape(rank: int) -> Check:
    """Keras 1's whole shape, batch first, each a size or None; None when it says nothing."""

    def checked(value: Any, name: str) -> tuple[int | None, ...] | None:
        listed = type(value) in (tuple, list) and len(value) == rank + 2
        if value is None or (listed and all(type(one) in (int, type(None)) for one in value)):
            return None if value is None else tuple(value)
        raise RuleError(
            f"{name} must be the {rank + 2} sizes of the output, found {show(value)}",
            hint="the batch is the first of them, such as (None, 28, 28, 1)",
        )

    return checked


def _crop_to(wanted: Any, arguments: Arguments, inputs: Inputs) -> list[tuple[int, int]]:
    """Keras 1 says the output's shape, batch first; what is too much is cut off on both sides."""
    roles = image(arguments["data_format"], len(arguments["kernel_size"]))
    source = inputs[0].viewed(roles)
    pairs = []
    for index, position in enumerate(source.spatial()):
        size: Dim = source.axes[position].dim
        target = wanted[position]
        kernel, stride = arguments["kernel_size"][index], arguments["strides"][index]
        if type(size) is not int or type(target) is not int:
            pairs.append(crop(kernel, stride, arguments["padding"] == "same", None))
            continue
        total = (size - 1) * stride + kernel - target
        pairs.append((max(total, 0) // 2, total - max(total, 0) // 2))
    return pairs


def _agree_transposed(arguments: Arguments) -> None:
    agree(arguments)
    added = arguments["output_padding"]
    for one, stride in zip(added or (), arguments["strides"], strict=False):
        if one >= stride:
            raise RuleError(
                f"output_padding {added} must be smaller than strides {arguments['strides']}",
                hint="output_padding only chooses among the sizes that a stride makes possible",
            )


Build = Callable[[Arguments, Inputs], tuple[Part, ...]]


def _convolution(rank: int) -> Entry:
    padding = Parameter("padding", "valid", _CAUSAL if rank == 1 else _PADDING)
    activation = Parameter("activation")
    head = (_FILTERS, *_window(rank), padding, _FORMAT, _dilation(rank), _GROUPS)
    tail = _options("kernel", "bias")
    return Entry(
        f"Conv{rank}D",
        (*head, activation, _BIAS, *tail),
        _plain,
        aliases=(f"Convolution{rank}D",),
        old=_OLD,
        rewrite=convolution(rank),
        agree=agree,
        activated=True,
    )


def _depthwise_entry(rank: int) -> Entry:
    padding = Parameter("padding", "valid", _CAUSAL if rank == 1 else _PADDING)
    head = (*_window(rank), padding, _MULTIPLIER, _FORMAT, _dilation(rank))
    tail = (Parameter("activation"), _BIAS, *_options("depthwise", "bias"))
    return Entry(
        f"DepthwiseConv{rank}D",
        (*head, *tail),
        _depthwise,
        old=_OLD,
        activated=True,
    )


def _separable_entry(rank: int) -> Entry:
    padding = Parameter("padding", "valid", _CAUSAL if rank == 1 else _PADDING)
    head = (_FILTERS, *_window(rank), padding, _FORMAT, _dilation(rank), _MULTIPLIER)
    tail = (Parameter("activation"), _BIAS, *_options("depthwise", "pointwise", "bias"))
    return Entry(
        f"SeparableConv{rank}D",
        (*head, *tail),
        _separable,
        aliases=(f"SeparableConvolution{rank}D",),
        old=_OLD,
        rewrite=convolution(rank),
        activated=True,
    )


def _transposed_entry(rank: int) -> Entry:
    added = Parameter("output_padding", None, optional(sizes(rank, 0)))
    formats = (_FORMAT, added) if rank == 3 else (added, _FORMAT)
    head = (_FILTERS, *_window(rank), Parameter("padding", "valid", _PADDING), *formats)
    tail = (_dilation(rank), Parameter("activation"), _BIAS, *_options("kernel", "bias"))
    return Entry(
        f"Conv{rank}DTranspose",
        (*head, *tail, Parameter("output_shape", None, _output_shape(rank))),
        _transposed,
        aliases=(f"Convolution{rank}DTranspose", f"Deconvolution{rank}D"),
        old=_OLD,
        rewrite=deconvolution(rank),
        agree=_agree_transposed,
        activated=True,
        needs_input=True,
    )


def _atrous_entry(rank: int) -> Entry:
    entry = _convolution(rank)
    return Entry(
        f"AtrousConvolution{rank}D",
        entry.parameters,
        _plain,
        old=_OLD_DILATED,
        rewrite=atrous(rank),
        agree=agree,
        activated=True,
    )


ENTRIES = (
    *[_convolution(rank) for rank in (1, 2, 3)],
    *[_depthwise_entry(rank) for rank in (1, 2)],
    *[_separable_entry(rank) for rank in (1, 2)],
    *[_transposed_entry(rank) for rank in (1, 2, 3)],
    *[_atrous_entry(rank) for rank in (1, 2)],
)
