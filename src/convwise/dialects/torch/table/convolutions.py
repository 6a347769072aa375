"""PyTorch's convolutions, plain and transposed; padding is in numbers, "same" pads at the end."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.python.checks import choice
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Check,
    Inputs,
    Parameter,
    Part,
)
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import (
    BIAS,
    PADDING_MODE,
    STORED,
    count,
    optional_sizes,
    sizes,
)
from convwise.dialects.torch.table.views import image, sample
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import SAME, VALID, Padding

_IN = Parameter("in_channels", REQUIRED, count)
_OUT = Parameter("out_channels", REQUIRED, count)
_GROUPS = Parameter("groups", 1, count)
_MODE = Parameter("padding_mode", "zeros", PADDING_MODE)
_WORD = choice("same", "valid")


def padding_of(rank: int) -> Check:
    """Pixels before and after each axis, or a word."""
    amounts = sizes(rank, 0)

    def checked(value: Any, name: str) -> Any:
        return _WORD(value, name) if type(value) is str else amounts(value, name)

    return checked


def policy(padding: Any) -> Padding:
    """PyTorch's padding: as much before as after; "same" puts an odd pixel after."""
    if padding == "same":
        return SAME
    if padding == "valid" or not any(padding):
        return VALID
    return Padding("explicit", tuple([(one, one) for one in padding]))


def must_split(channels: int | None, filters: int, groups: int) -> None:
    """RuleError unless groups divide both ends; the input's may not be known yet."""
    if channels is not None and channels % groups:
        raise RuleError(
            f"in_channels={channels} does not split into groups={groups}",
            hint="groups must divide in_channels and out_channels; depthwise is groups=in_channels",
        )
    if filters % groups:
        raise RuleError(
            f"out_channels={filters} does not split into groups={groups}",
            hint="groups must divide in_channels and out_channels",
        )


def must_not_stride(padding: Any, stride: tuple[int, ...]) -> None:
    """RuleError for "same" with a stride, which PyTorch refuses."""
    if padding == "same" and max(stride) > 1:
        raise RuleError(
            f'padding="same" does not go with stride={stride}: PyTorch refuses it',
            hint="write the padding as a number, such as padding=1 for a kernel of 3",
        )


def _agree(arguments: Arguments) -> None:
    must_split(arguments.get("in_channels"), arguments["out_channels"], arguments["groups"])
    must_not_stride(arguments["padding"], arguments["stride"])


def _amounts(arguments: Arguments) -> list[tuple[int, int]]:
    padding, kernel = arguments["padding"], arguments["kernel_size"]
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding == "same":
        totals = [(k - 1) * d for k, d in zip(kernel, arguments["dilation"], strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    return [(one, one) for one in padding]


def _must_mirror(arguments: Arguments, source: Tensor, rank: int) -> None:
    """What F.pad asks of an input that is mirrored or wrapped at its borders."""
    mode = arguments["padding_mode"]
    for axis, pair in zip(source.axes[-rank:], _amounts(arguments), strict=True):
        least = max(pair) + (1 if mode == "reflect" else 0)
        if type(axis.dim) is int and axis.dim < least:
            raise RuleError(
                f'padding_mode="{mode}" with {max(pair)} pixels needs {least} or more along an '
                f"axis, the input has {axis.dim}",
                hint='pad less, or with padding_mode="zeros"',
            )


def _plain(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kernel = arguments["kernel_size"]
    rank = len(kernel)
    mode = arguments["padding_mode"]
    if mode in ("reflect", "circular") and inputs and inputs[0].rank > rank:
        _must_mirror(arguments, inputs[0], rank)
    kind = Convolution(
        kernel,
        arguments["out_channels"],
        arguments["stride"],
        arguments["dilation"],
        policy(arguments["padding"]),
        mode,
        arguments["groups"],
        1,
        arguments["bias"],
    )
    return (Part(kind, (image(rank, inputs),)),)


def _sees(arguments: Arguments) -> tuple[Tensor, ...]:
    """The smallest input that holds one window, and one pixel more than its padding mirrors."""
    windows = zip(arguments["kernel_size"], arguments["dilation"], strict=True)
    extents = [(kernel - 1) * apart + 1 for kernel, apart in windows]
    pairs = zip(extents, _amounts(arguments), strict=True)
    least = tuple([max(extent, max(pair) + 1) for extent, pair in pairs])
    return sample(len(least), arguments["in_channels"], least)


def channels_in(arguments: Arguments, rank: int) -> tuple[Expected, ...]:
    """The channels are counted from the end, so that a single example counts alike."""
    return (Expected("in_channels", arguments["in_channels"], -rank - 1, "channels"),)


def _expects(arguments: Arguments) -> tuple[Expected, ...]:
    return channels_in(arguments, len(arguments["kernel_size"]))


def _window(rank: int, padding: Check) -> tuple[Parameter, ...]:
    return (
        Parameter("kernel_size", REQUIRED, sizes(rank)),
        Parameter("stride", (1,) * rank, sizes(rank)),
        Parameter("padding", (0,) * rank, padding),
    )


def _convolution(rank: int) -> Entry:
    dilation = Parameter("dilation", (1,) * rank, sizes(rank))
    return Entry(
        f"Conv{rank}d",
        (_IN, _OUT, *_window(rank, padding_of(rank)), dilation, _GROUPS, BIAS, _MODE, *STORED),
        _plain,
        agree=_agree,
        expects=_expects,
        sees=_sees,
    )


def _lazy(entry: Entry) -> Entry:
    """The same module with in_channels left to the first input."""
    return Entry(
        f"Lazy{entry.name}",
        entry.parameters[1:],
        entry.parts,
        options=entry.options,
        agree=entry.agree,
    )


def transposed_crop(
    extent: int, stride: int, padding: int, added: int, size: Dim, wanted: int | None
) -> tuple[int, int]:
    """Pixels cut off (before, after): `padding` on both sides, less what the output gets more.

    `wanted` is one of the sizes that the stride leaves open: PyTorch works out output_padding.
    """
    if wanted is not None and type(size) is int:
        least = (size - 1) * stride + extent - 2 * padding
        if not least <= wanted < least + stride:
            raise RuleError(
                f"output_size={wanted} is not possible: the output has {least} to "
                f"{least + stride - 1} pixels",
                hint="output_size only chooses among the sizes that the stride makes possible",
            )
        added = wanted - least
    return padding, padding - added


def _transposed(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kernel, stride = arguments["kernel_size"], arguments["stride"]
    rank = len(kernel)
    wanted = _wanted(arguments.get("output_size"), rank)
    found: list[Dim | None] = [None] * rank
    if inputs and inputs[0].rank > rank:
        found = [axis.dim for axis in inputs[0].axes[-rank:]]
    crop = []
    for index, size in enumerate(kernel):
        extent = (size - 1) * arguments["dilation"][index] + 1
        added = arguments["output_padding"][index]
        pad, seen = arguments["padding"][index], found[index]
        target = wanted[index] if seen is not None else None
        crop.append(transposed_crop(extent, stride[index], pad, added, seen or 1, target))
    kind = TransposedConvolution(
        kernel,
        arguments["out_channels"],
        stride,
        arguments["dilation"],
        tuple(crop),
        arguments["groups"],
        arguments["bias"],
    )
    return (Part(kind, (image(rank, inputs),)),)


def _wanted(value: Any, rank: int) -> tuple[int | None, ...]:
    """`output_size` of a call: the spatial sizes, or all of them."""
    if value is None:
        return (None,) * rank
    listed = list(value)[-rank:] if type(value) in (tuple, list) else [value]
    found = optional_sizes(rank)(listed, "output_size")
    return found or (None,) * rank


def must_be_added(
    output_padding: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> None:
    """RuleError for an output_padding that PyTorch refuses."""
    for added, step, apart in zip(output_padding, stride, dilation, strict=True):
        if added >= max(step, apart):
            raise RuleError(
                f"output_padding={added} must be smaller than stride={step} or dilation={apart}",
                hint="output_padding only chooses among the sizes that a stride makes possible",
            )


def _agree_transposed(arguments: Arguments) -> None:
    must_split(arguments.get("in_channels"), arguments["out_channels"], arguments["groups"])
    must_be_added(arguments["output_padding"], arguments["stride"], arguments["dilation"])


def _sees_transposed(arguments: Arguments) -> tuple[Tensor, ...]:
    """An input large enough that something is left after the padding is cut off."""
    least = tuple([2 * one + 1 for one in arguments["padding"]])
    return sample(len(least), arguments["in_channels"], least)


_ZEROS = Parameter("padding_mode", "zeros", choice("zeros"))


def _transposed_entry(rank: int) -> Entry:
    head = (_IN, _OUT, *_window(rank, sizes(rank, 0)))
    added = Parameter("output_padding", (0,) * rank, sizes(rank, 0))
    dilation = Parameter("dilation", (1,) * rank, sizes(rank))
    return Entry(
        f"ConvTranspose{rank}d",
        (*head, added, _GROUPS, BIAS, dilation, _ZEROS, *STORED),
        _transposed,
        options=(Parameter("output_size"),),
        agree=_agree_transposed,
        expects=_expects,
        sees=_sees_transposed,
    )


_PLAIN: Final = tuple([_convolution(rank) for rank in (1, 2, 3)])
_TRANSPOSED: Final = tuple([_transposed_entry(rank) for rank in (1, 2, 3)])

ENTRIES = (
    *_PLAIN,
    *_TRANSPOSED,
    *[_lazy(entry) for entry in (*_PLAIN, *_TRANSPOSED)],
)
