"""PyTorch's pooling modules: windows of a size, and windows that follow from the output's size."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.checks import flag, show
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Check,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import (
    number,
    one_size,
    optional,
    optional_sizes,
    scaled,
    sizes,
    stated_sizes,
    whole,
)
from convwise.dialects.torch.table.views import image
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.adaptive import AdaptivePool
from convwise.kinds.fractional import FractionalMaxPool
from convwise.kinds.pooling import AveragePool, LpPool, MaxPool
from convwise.kinds.unpooling import MaxUnpool
from convwise.kinds.windows import VALID, Padding

CEIL = Parameter("ceil_mode", False, flag)
INDICES = Parameter("return_indices", False, flag)


def _padding(arguments: Arguments) -> Padding:
    amounts = arguments["padding"]
    if not any(amounts):
        return VALID
    return Padding("explicit", tuple([(one, one) for one in amounts]))


def must_be_padded(arguments: Arguments) -> None:
    """RuleError for more padding than half a window, which PyTorch refuses."""
    dilation = arguments.get("dilation") or (1,) * len(arguments["padding"])
    windows = zip(arguments["kernel_size"], arguments["padding"], dilation, strict=True)
    for kernel, padding, apart in windows:
        if padding > ((kernel - 1) * apart + 1) // 2:
            raise RuleError(
                f"padding={padding} is more than half of kernel_size={kernel}",
                hint=f"at most {((kernel - 1) * apart + 1) // 2} is possible here",
            )


def max_parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    window = arguments["kernel_size"]
    stride = arguments["stride"] or window
    dilation, ceil = arguments["dilation"], arguments["ceil_mode"]
    located = arguments["return_indices"]
    kind = MaxPool(window, stride, dilation, _padding(arguments), ceil, located)
    return (Part(kind, (image(len(window), inputs),)),)


def average_parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    window = arguments["kernel_size"]
    counted = "padded" if arguments["count_include_pad"] else "valid"
    kind = AveragePool(
        window,
        arguments["stride"] or window,
        (1,) * len(window),
        _padding(arguments),
        arguments["ceil_mode"],
        arguments.get("divisor_override") or counted,
    )
    return (Part(kind, (image(len(window), inputs),)),)


def lp_parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    window = arguments["kernel_size"]
    stride, ones = arguments["stride"] or window, (1,) * len(window)
    kind = LpPool(
        window, stride, ones, VALID, arguments["ceil_mode"], float(arguments["norm_type"])
    )
    return (Part(kind, (image(len(window), inputs),)),)


def adaptive_parts(mode: str, arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    wanted = arguments["output_size"]
    kind = AdaptivePool(mode, wanted, bool(arguments.get("return_indices")))
    return (Part(kind, (image(len(wanted), inputs),)),)


def _unpool(rank: int) -> Entry:
    """Indices say where values go: (size - 1)*stride - 2*padding + kernel pixels come out."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        window = arguments["kernel_size"]
        stride = arguments["stride"] or window
        wanted = arguments.get("output_size")
        size = None if wanted is None else stated_sizes(rank)(tuple(wanted)[-rank:], "output_size")
        roles = image(rank, inputs)
        kind = MaxUnpool(window, stride, arguments["padding"], size)
        return (Part(kind, (roles, roles)),)

    return Entry(
        f"MaxUnpool{rank}d",
        window(rank, dilated=False),
        parts,
        tensors=("input", "indices"),
        options=(Parameter("output_size"),),
    )


def window(rank: int, *, dilated: bool) -> tuple[Parameter, ...]:
    """What all pools of windows take first."""
    found = (
        Parameter("kernel_size", REQUIRED, sizes(rank)),
        Parameter("stride", None, optional_sizes(rank)),
        Parameter("padding", (0,) * rank, sizes(rank, 0)),
    )
    return (*found, Parameter("dilation", (1,) * rank, sizes(rank))) if dilated else found


def divisor(value: Any, name: str) -> int:
    found = whole(value, name)
    if found:
        return found
    raise RuleError(f"{name} must not be zero", hint="leave it out to divide by the window's size")


def average_parameters(rank: int) -> tuple[Parameter, ...]:
    """Padding counts by default; a sequence has no divisor of its own."""
    counted = Parameter("count_include_pad", True, flag)
    found = (*window(rank, dilated=False), CEIL, counted)
    if rank == 1:
        return found
    return (*found, Parameter("divisor_override", None, optional(divisor)))


def _max(rank: int) -> Entry:
    parameters = (*window(rank, dilated=True), INDICES, CEIL)
    return Entry(f"MaxPool{rank}d", parameters, max_parts, agree=must_be_padded)


def _average(rank: int) -> Entry:
    parameters = average_parameters(rank)
    return Entry(f"AvgPool{rank}d", parameters, average_parts, agree=must_be_padded)


def _lp(rank: int) -> Entry:
    size = one_size if rank == 1 else sizes(rank)
    parameters = (
        Parameter("norm_type", REQUIRED, number),
        Parameter("kernel_size", REQUIRED, size),
        Parameter("stride", None, optional_sizes(rank)),
        CEIL,
    )
    return Entry(f"LPPool{rank}d", parameters, lp_parts)


def _adaptive(rank: int, word: str, mode: str) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return adaptive_parts(mode, arguments, inputs)

    size = Parameter("output_size", REQUIRED, stated_sizes(rank))
    parameters = (size, INDICES) if mode == "max" else (size,)
    return Entry(f"Adaptive{word}Pool{rank}d", parameters, parts)


def _fractional(rank: int) -> Entry:
    """Windows at random places, as many as the size of the output, or its share, says."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        window, wanted = arguments["kernel_size"], arguments["output_size"]
        roles = image(rank, inputs)
        if wanted is None:
            spatial = inputs[0].axes[-rank:]
            shares = zip([axis.dim for axis in spatial], arguments["output_ratio"], strict=True)
            wanted = tuple([scaled(size, share, "output_ratio") for size, share in shares])
        if rank == 3 and inputs:
            _must_have_room(window, wanted, inputs)
        return (Part(FractionalMaxPool(window, wanted, arguments["return_indices"]), (roles,)),)

    parameters = (
        Parameter("kernel_size", REQUIRED, sizes(rank)),
        Parameter("output_size", None, optional_sizes(rank)),
        Parameter("output_ratio", None, optional(_shares(rank))),
        INDICES,
        *free("_random_samples"),
    )
    return Entry(f"FractionalMaxPool{rank}d", parameters, parts, agree=_one_of_both)


def _must_have_room(window: tuple[int, ...], wanted: tuple[Dim, ...], inputs: Inputs) -> None:
    """Over three axes PyTorch asks for one pixel more than the windows need."""
    for kernel, size, axis in zip(window, wanted, inputs[0].axes[-3:], strict=True):
        if type(axis.dim) is int and type(size) is int and axis.dim < size + kernel:
            raise RuleError(
                f"{size} windows of {kernel} pixels need {size + kernel} pixels in "
                f"FractionalMaxPool3d, the input has {axis.dim}",
                hint="ask for a smaller output, or a smaller window",
            )


def _shares(rank: int) -> Check:
    """One number between 0 and 1 for all axes, or one each."""

    def checked(value: Any, name: str) -> tuple[float, ...]:
        listed = list(value) if type(value) in (tuple, list) else [value] * rank
        if len(listed) == rank and all(type(one) is float and 0 < one < 1 for one in listed):
            return tuple(listed)
        raise RuleError(
            f"{name} must be {rank} numbers between 0 and 1, found {show(value)}",
            hint=f"such as {name}=0.7",
        )

    return checked


def _one_of_both(arguments: Arguments) -> None:
    given = [arguments[name] is not None for name in ("output_size", "output_ratio")]
    if given[0] is given[1]:
        raise RuleError(
            "a fractional pool needs either output_size or output_ratio",
            hint="such as output_ratio=0.7",
        )


ENTRIES = (
    *[_max(rank) for rank in (1, 2, 3)],
    *[_average(rank) for rank in (1, 2, 3)],
    *[_lp(rank) for rank in (1, 2, 3)],
    *[_adaptive(rank, "Max", "max") for rank in (1, 2, 3)],
    *[_adaptive(rank, "Avg", "average") for rank in (1, 2, 3)],
    *[_fractional(rank) for rank in (2, 3)],
    *[_unpool(rank) for rank in (1, 2, 3)],
)
