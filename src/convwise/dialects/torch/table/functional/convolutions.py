"""F.conv and F.conv_transpose: the kernel is a tensor that the network holds or computes."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part
from convwise.dialects.python.sizes import Size
from convwise.dialects.torch.table.convolutions import (
    must_be_added,
    must_not_stride,
    padding_of,
    policy,
    transposed_crop,
)
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import count, sizes
from convwise.dialects.torch.table.views import image
from convwise.errors import RuleError
from convwise.graph.axes import Tensor, describe
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution


def _groups(value: Any, name: str) -> Dim:
    """A number, or the open size of the batch: one group per example."""
    return value.dim if type(value) is Size else count(value, name)


def _taps(inputs: Inputs, rank: int, name: str) -> tuple[int, ...]:
    """The kernel's window: its axes behind the channels of both ends."""
    if len(inputs) < 2:
        raise RuleError(f"{name} needs its weight", hint=f"write {name}(x, weight)")
    kernel: Tensor = inputs[1]
    found = kernel.shape[2:]
    if kernel.rank != rank + 2:
        raise RuleError(
            f"{name} needs a weight with {rank + 2} axes, {describe(kernel)} has {kernel.rank}",
            hint="(out channels, in channels / groups, then the window)",
        )
    taps = tuple([size for size in found if type(size) is int])
    if len(taps) < rank:
        raise RuleError(
            f"the window of the weight {describe(kernel)} is open, {name} needs it in numbers",
            hint="give the sizes that the weight is made of as numbers",
        )
    return taps


def _roles(rank: int, inputs: Inputs) -> tuple[Roles | None, ...]:
    return (image(rank, inputs), *[None] * (len(inputs) - 1))


def _must_be_optional(arguments: Arguments, name: str) -> None:
    if "weight" not in arguments["given"]:
        raise RuleError(f"{name} needs its weight", hint=f"write {name}(x, weight)")


def _plain(rank: int) -> Entry:
    name = f"conv{rank}d"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        _must_be_optional(arguments, name)
        kind = GivenConvolution(
            _taps(inputs, rank, name),
            arguments["stride"],
            arguments["dilation"],
            policy(arguments["padding"]),
            arguments["groups"],
        )
        return (Part(kind, _roles(rank, inputs)),)

    def agree(arguments: Arguments) -> None:
        must_not_stride(arguments["padding"], arguments["stride"])

    parameters = (
        Parameter("stride", (1,) * rank, sizes(rank)),
        Parameter("padding", (0,) * rank, padding_of(rank)),
        Parameter("dilation", (1,) * rank, sizes(rank)),
        Parameter("groups", 1, _groups),
    )
    return Entry(name, parameters, parts, tensors=("input", "weight", "bias"), agree=agree)


def _transposed(rank: int) -> Entry:
    name = f"conv_transpose{rank}d"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        _must_be_optional(arguments, name)
        kernel, dilation = _taps(inputs, rank, name), arguments["dilation"]
        crop = []
        for index, size in enumerate(kernel):
            extent = (size - 1) * dilation[index] + 1
            padding, added = arguments["padding"][index], arguments["output_padding"][index]
            step = arguments["stride"][index]
            crop.append(transposed_crop(extent, step, padding, added, 1, None))
        kind = GivenTransposedConvolution(
            kernel, arguments["stride"], dilation, tuple(crop), arguments["groups"]
        )
        return (Part(kind, _roles(rank, inputs)),)

    def agree(arguments: Arguments) -> None:
        must_be_added(arguments["output_padding"], arguments["stride"], arguments["dilation"])

    parameters = (
        Parameter("stride", (1,) * rank, sizes(rank)),
        Parameter("padding", (0,) * rank, sizes(rank, 0)),
        Parameter("output_padding", (0,) * rank, sizes(rank, 0)),
        Parameter("groups", 1, _groups),
        Parameter("dilation", (1,) * rank, sizes(rank)),
    )
    return Entry(name, parameters, parts, tensors=("input", "weight", "bias"), agree=agree)


ENTRIES = (
    *[_plain(rank) for rank in (1, 2, 3)],
    *[_transposed(rank) for rank in (1, 2, 3)],
)
