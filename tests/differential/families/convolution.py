"""Random convolutions: plain, separable, depthwise and transposed, in one to three dimensions."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe
from tests.differential.draws import (
    ACTIVITY,
    DATA_FORMAT,
    WEIGHTED,
    image,
    one_of,
    per_axis,
    spell,
    weight_options,
)
from tests.differential.families.activations import ACTIVATION


def filters(draft: Draft) -> int:
    groups = draft.get("groups", 1)
    if draft.breaks(0.2):
        return draft.rng.choice((0, -1, groups + 1))
    return int(groups * draft.rng.randint(1, 4))


def groups(draft: Draft) -> int:
    if draft.breaks():
        return draft.rng.choice((2, 3, 5))
    divisors = [n for n in range(2, draft.channels + 1) if draft.channels % n == 0]
    return draft.rng.choice(divisors) if divisors else 1


def kernel_size(draft: Draft) -> Any:
    """Mostly fits; at times exactly as large as the input, at times larger."""
    rank = len(draft.spatial)
    dilation = per_axis(draft.get("dilation_rate"), rank)
    sizes = []
    for size, step in zip(draft.spatial, dilation, strict=True):
        largest = (size - 1) // step + 1
        if draft.get("padding") in ("same", "causal") or draft.breaks():
            largest += 3
        sizes.append(largest if draft.chance(0.15) else draft.rng.randint(1, min(largest, 5)))
    if draft.chance(0.3) and min(draft.spatial) >= 3:
        sizes = [3] * rank
    return spell(draft, sizes)


def strides(draft: Draft) -> Any:
    """Up to 4: also larger than the kernel."""
    if draft.breaks(0.1):
        return (2,) * (len(draft.spatial) + 1)
    return spell(draft, [draft.rng.choice((1, 2, 2, 3, 4)) for _ in draft.spatial])


def dilation_rate(draft: Draft) -> Any:
    if "strides" in draft.chosen and not draft.breaks():
        return spell(draft, [1] * len(draft.spatial))
    sizes = [draft.rng.choice((1, 2, 2, 3)) for _ in draft.spatial]
    return spell(draft, sizes)


def output_padding(draft: Draft) -> Any:
    steps = per_axis(draft.get("strides"), len(draft.spatial))
    extra = 2 if draft.breaks() else 0
    return spell(draft, [draft.rng.randint(0, step - 1 + extra) for step in steps])


USE_BIAS = Parameter("use_bias", one_of(False))
FILTERS = Parameter("filters", filters, required=True)
KERNEL = Parameter("kernel_size", kernel_size, required=True)
STRIDES = Parameter("strides", strides)
SAME = Parameter("padding", one_of("same", "same", "same", "SAME", "valid"))
POOL = Parameter("padding", one_of("same", "same", "valid"))
DEPTHWISE = Parameter("padding", lambda draft: "causal" if draft.breaks() else "same")
CAUSAL = Parameter("padding", one_of("same", "causal", "causal", "valid"))
DILATION = Parameter("dilation_rate", dilation_rate)
MULTIPLIER = Parameter("depth_multiplier", one_of(2, 3))


def plain(rank: int, name: str, weight: float = 1.0) -> Recipe:
    padding = CAUSAL if rank == 1 else SAME
    parameters = (FILTERS, KERNEL, STRIDES, padding, DATA_FORMAT, DILATION)
    parameters += (Parameter("groups", groups), ACTIVATION, USE_BIAS)
    parameters += weight_options("kernel", "bias") + (ACTIVITY, *WEIGHTED)
    return Recipe(name, "convolution", image(rank), parameters, weight)


def transposed(rank: int, name: str, weight: float = 1.0) -> Recipe:
    head = (FILTERS, KERNEL, STRIDES, SAME)
    parameters = (*head, Parameter("output_padding", output_padding), DATA_FORMAT, DILATION)
    parameters += (ACTIVATION, USE_BIAS)
    parameters += weight_options("kernel", "bias") + (ACTIVITY, *WEIGHTED)
    return Recipe(name, "transposed convolution", image(rank), parameters, weight)


def depthwise(rank: int) -> Recipe:
    parameters = (KERNEL, STRIDES, DEPTHWISE, MULTIPLIER, DATA_FORMAT, DILATION)
    parameters += (ACTIVATION, USE_BIAS)
    parameters += weight_options("depthwise", "bias") + (ACTIVITY, *WEIGHTED)
    return Recipe(f"DepthwiseConv{rank}D", "depthwise convolution", image(rank), parameters)


def separable(rank: int, name: str, weight: float = 1.0) -> Recipe:
    parameters = (FILTERS, KERNEL, STRIDES, DEPTHWISE, DATA_FORMAT, DILATION, MULTIPLIER)
    parameters += (ACTIVATION, USE_BIAS)
    parameters += weight_options("depthwise", "pointwise", "bias") + (ACTIVITY, *WEIGHTED)
    return Recipe(name, "separable convolution", image(rank), parameters, weight)


def recipes() -> list[Recipe]:
    found = []
    for rank in (1, 2, 3):
        found.append(plain(rank, f"Conv{rank}D"))
        found.append(plain(rank, f"Convolution{rank}D", 0.3))
        found.append(transposed(rank, f"Conv{rank}DTranspose"))
        found.append(transposed(rank, f"Convolution{rank}DTranspose", 0.3))
    for rank in (1, 2):
        found.append(depthwise(rank))
        found.append(separable(rank, f"SeparableConv{rank}D"))
        found.append(separable(rank, f"SeparableConvolution{rank}D", 0.3))
    return found
