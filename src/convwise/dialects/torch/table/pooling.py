"""PyTorch's pooling modules: windows of a size, and windows that follow from the output's size."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
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
    sizes,
    stated_sizes,
    whole,
)
from convwise.dialects.torch.table.views import image
from convwise.errors import RuleError
from convwise.kinds.adaptive import AdaptivePool
from convwise.kinds.pooling import AveragePool, LpPool, MaxPool
from convwise.kinds.source import Unknown
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
    """Where its windows lie is drawn at random, so that only its name is known."""
    name = f"FractionalMaxPool{rank}d"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(Unknown(name)),)

    kernel = Parameter("kernel_size", REQUIRED, sizes(rank))
    others = (*free("output_size", "output_ratio"), INDICES, *free("_random_samples"))
    return Entry(name, (kernel, *others), parts)


ENTRIES = (
    *[_max(rank) for rank in (1, 2, 3)],
    *[_average(rank) for rank in (1, 2, 3)],
    *[_lp(rank) for rank in (1, 2, 3)],
    *[_adaptive(rank, "Max", "max") for rank in (1, 2, 3)],
    *[_adaptive(rank, "Avg", "average") for rank in (1, 2, 3)],
    *[_fractional(rank) for rank in (2, 3)],
    *[_unpool(rank) for rank in (1, 2, 3)],
)
