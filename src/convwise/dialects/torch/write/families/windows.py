"""Convolutions and transposed convolutions in PyTorch: modules, and the padding they cannot do."""

from __future__ import annotations

from convwise.dialects.torch.write.families.space import (
    Spread,
    amounts_of,
    folded,
    paddings,
    spread,
    symmetric,
)
from convwise.dialects.torch.write.site import Given, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call, literal
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution

_MODES = {"zeros": "constant"}


def convolution(kind: Convolution, site: Site) -> Given:
    """`nn.Conv2d`; what its `padding` cannot say is padded before."""
    count = len(kind.kernel)
    found = spread(site, count)
    filters, groups, _ = kind.split(site.operands)
    options: dict[str, object] = {}
    if set(kind.stride) != {1}:
        options["stride"] = tuple_or_number(kind.stride)
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    pads = paddings(kind, site)
    before: Code | None = None
    inside = None if site.shared and kind.padding.rule == "same" else symmetric(pads)
    if inside is None and kind.padding.rule == "same" and set(kind.stride) == {1}:
        options["padding"] = "same"
        if kind.padding.odd != "end":
            before = _padded(found, pads, kind.padding_mode, site)
            del options["padding"]
    elif inside is None:
        before = _padded(found, pads, kind.padding_mode, site)
    elif any(inside):
        options["padding"] = tuple_or_number(inside)
    if kind.padding_mode != "zeros" and "padding" in options:
        options["padding_mode"] = kind.padding_mode
    if groups != 1:
        options["groups"] = site.whole(groups, "the number of groups")
    if not kind.bias:
        options["bias"] = False
    options = {name: options[name] for name in _ORDER if name in options}
    constructor = call(
        f"nn.Conv{_rank(count)}d",
        site.whole(site.source.dim(CHANNEL), "the number of channels"),
        site.whole(filters, "the number of filters"),
        tuple_or_number(kind.kernel),
        **options,
    )
    hint = "depthwise" if kind.groups is None else "pointwise" if set(kind.kernel) == {1} else ""
    module = site.module(constructor, hint or "conv", {"kernel": "weight", "bias": "bias"})
    return Given(folded(call(module, before or found.text), found), found.order)


_ORDER = ("stride", "padding", "dilation", "groups", "bias", "padding_mode")


def _rank(count: int) -> int:
    if 1 <= count <= 3:
        return count
    raise RuleError(
        f"a window over {count} axes: PyTorch has modules for 1, 2 and 3",
        hint="split it into windows over fewer axes",
    )


def _padded(found: Spread, pads: list[tuple[Code, Code]], mode: str, site: Site) -> Code:
    options: dict[str, object] = {} if mode == "zeros" else {"mode": _MODES.get(mode, mode)}
    return call("F.pad", found.text, amounts_of(pads), **options)


def transposed_convolution(kind: TransposedConvolution, site: Site) -> Given:
    """`nn.ConvTranspose2d`; pixels that its `padding` cannot cut off are cut off behind it."""
    found = spread(site, len(kind.kernel))
    padding, extra, cut = crops(kind)
    options: dict[str, object] = {}
    if set(kind.stride) != {1}:
        options["stride"] = tuple_or_number(kind.stride)
    if any(padding):
        options["padding"] = tuple_or_number(padding)
    if any(extra):
        options["output_padding"] = tuple_or_number(extra)
    if kind.groups != 1:
        options["groups"] = kind.groups
    if not kind.bias:
        options["bias"] = False
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    constructor = call(
        f"nn.ConvTranspose{_rank(len(kind.kernel))}d",
        site.whole(site.source.dim(CHANNEL), "the number of channels"),
        kind.filters,
        tuple_or_number(kind.kernel),
        **options,
    )
    module = site.module(constructor, "up", {"kernel": "weight", "bias": "bias"})
    return Given(folded(cut_off(call(module, found.text), cut), found), found.order)


def cut_off(text: Code, cut: list[tuple[int, int]]) -> Code:
    """The last axes without the pixels (before, after) that are too many."""
    if not any(map(any, cut)):
        return text
    parts = [_slice(before, after) for before, after in cut]
    return Code(f"{text}[..., {', '.join(parts)}]")


def _slice(before: int, after: int) -> str:
    return f"{literal(before) if before else ''}:{literal(-after) if after else ''}"


def crops(
    kind: TransposedConvolution,
) -> tuple[tuple[int, ...], tuple[int, ...], list[tuple[int, int]]]:
    """`padding`, `output_padding`, and what is cut off afterwards, per axis.

    PyTorch cuts `padding` pixels off both ends and gives `output_padding` back at the end, of
    which there must be fewer than the stride or the dilation.
    """
    padding, extra, cut = [], [], []
    for axis, (before, after) in enumerate(kind.crop):
        if before < 0:
            raise RuleError(
                f"a transposed convolution that grows by {-before} pixels in front",
                hint="PyTorch's grow at the end only: pad the output instead",
            )
        room = max(kind.stride[axis], kind.dilation[axis])
        both = before
        if before - after >= room:
            both = max(after, 0)
        given = max(both - after, 0)
        if given and given >= room:
            raise RuleError(
                f"a transposed convolution that grows by {given} pixels, its stride is {room}",
                hint="PyTorch's grow by less than their stride",
            )
        padding.append(both)
        extra.append(given)
        cut.append((before - both, max(after - both, 0)))
    return tuple(padding), tuple(extra), cut
