"""Operations whose weights are values of the network, in PyTorch: functions."""

from __future__ import annotations

from convwise.dialects.torch.write.families.products import in_order
from convwise.dialects.torch.write.families.space import amounts_of, paddings, spread, symmetric
from convwise.dialects.torch.write.families.windows import crops, cut_off
from convwise.dialects.torch.write.site import Given, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call
from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution
from convwise.kinds.given_weights import GivenDense, GivenEmbedding, GivenPReLU


def given_convolution(kind: GivenConvolution, site: Site) -> Given:
    """`F.conv2d`."""
    count = len(kind.kernel)
    found = spread(site, count)
    pads = paddings(kind.slider(), site)
    inside = symmetric(pads)
    text = found.text if inside is not None else call("F.pad", found.text, amounts_of(pads))
    options: dict[str, object] = {}
    if set(kind.stride) != {1}:
        options["stride"] = tuple_or_number(kind.stride)
    if inside is not None and any(inside):
        options["padding"] = tuple_or_number(inside)
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    if kind.groups != 1:
        options["groups"] = site.size(kind.groups)
    return Given(call(f"F.conv{count}d", text, *_weights(site), **options), found.order)


def given_transposed_convolution(kind: GivenTransposedConvolution, site: Site) -> Given:
    """`F.conv_transpose2d`."""
    count = len(kind.kernel)
    found = spread(site, count)
    padding, extra, cut = crops(kind.slider())
    options: dict[str, object] = {}
    if set(kind.stride) != {1}:
        options["stride"] = tuple_or_number(kind.stride)
    if any(padding):
        options["padding"] = tuple_or_number(padding)
    if any(extra):
        options["output_padding"] = tuple_or_number(extra)
    if kind.groups != 1:
        options["groups"] = site.size(kind.groups)
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    text = call(f"F.conv_transpose{count}d", found.text, *_weights(site), **options)
    return Given(cut_off(text, cut), found.order)


def given_dense(kind: GivenDense, site: Site) -> Given:
    """`F.linear`; with one sum only, the last axis is gone."""
    order = site.order()
    if order[-1] != len(order) - 1:
        order = tuple(range(len(order)))
    text = call("F.linear", site.arg(0, order), *_weights(site))
    return Given(text, order if site.made.rank == len(order) else order[:-1])


def given_prelu(kind: GivenPReLU, site: Site) -> Given:
    """`F.prelu`, whose slopes belong to the second axis of the graph."""
    order = site.order()
    if site.operands[1].elements != 1 and order[1] != 1:
        order = tuple(range(len(order)))
    return Given(call("F.prelu", site.arg(0, order), *_weights(site)), order)


def given_embedding(kind: GivenEmbedding, site: Site) -> Given:
    order = site.order()
    return Given(call("F.embedding", site.arg(), *_weights(site)), (*order, len(order)))


def _weights(site: Site) -> list[Code]:
    """Weights and bias, in the graph's order of axes."""
    return [in_order(site, which) for which in range(1, len(site.operands))]
