"""Products of tensors in PyTorch: matrices, equations, and equations with a weight."""

from __future__ import annotations

from math import prod, sqrt

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, literal, method
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.dot import Dot
from convwise.kinds.einsum import Einsum
from convwise.kinds.einsum_dense import EinsumDense
from convwise.kinds.matmul import Matmul


def matmul(kind: Matmul, site: Site) -> Given:
    """`a @ b`, the axes in the graph's order."""
    texts = []
    for which, turned in enumerate((kind.transpose_first, kind.transpose_second)):
        text = in_order(site, which)
        texts.append(method(text, "transpose", -2, -1) if turned else bracketed(text))
    return Given(Code(" @ ".join(texts)), orders.same(site.made.rank))


def in_order(site: Site, which: int) -> Code:
    """An input with its axes as the graph has them."""
    return site.arg(which, orders.same(site.operands[which].rank))


def einsum(kind: Einsum, site: Site) -> Given:
    texts = [in_order(site, which) for which in range(len(site.operands))]
    equation = kind.equation.replace(" ", "")
    return Given(call("torch.einsum", equation, *texts), orders.same(site.made.rank))


def einsum_dense(kind: EinsumDense, site: Site) -> Given:
    """`torch.einsum` with a parameter, and another one added."""
    text = in_order(site, 0)
    kernel, *bias = site.specs()
    weight = site.weight("kernel", glorot(site, [dim for _, dim in kernel.axes]))
    product = call("torch.einsum", kind.equation.replace(" ", ""), text, weight)
    if bias:
        sizes = [site.whole(dim, "a bias's size") for _, dim in bias[0].axes]
        start = call("nn.Parameter", call("torch.zeros", tuple(sizes)))
        product = Code(f"{product} + {site.weight('bias', start)}")
    return Given(product, orders.same(site.made.rank))


def glorot(site: Site, shape: list[Dim]) -> Code:
    """A parameter drawn as Keras draws a kernel: Glorot and Bengio (2010), uniform."""
    sizes = tuple([site.whole(dim, "a weight's size") for dim in shape])
    if len(sizes) < 2:
        return call("nn.Parameter", call("torch.zeros", sizes))
    taps = prod(sizes[:-2])
    bound = float(f"{sqrt(6 / (taps * (sizes[-2] + sizes[-1]))):.4g}")
    return call("nn.Parameter", method(call("torch.empty", sizes), "uniform_", -bound, bound))


def dot(kind: Dot, site: Site) -> Given:
    """`torch.einsum`, with a letter for every axis."""
    one, two = [operand.rank for operand in site.operands]
    if one + two > 26:
        raise RuleError(f"a product of tensors with {one} and {two} axes has too many for einsum")
    letters = "bcdefghijklmnopqrstuvwxyz"
    first = list(letters[:one])
    second = [first[0], *letters[one : one + two - 1]]
    left, right = [site.operands[i].locate(axis) for i, axis in enumerate(kind.axes)]
    second[right] = first[left]
    out = [letter for place, letter in enumerate(first) if place != left]
    out.extend([letter for place, letter in enumerate(second) if place not in (0, right)])
    texts = []
    for which, place in ((0, left), (1, right)):
        text = site.arg(which)
        if kind.normalize:
            text = call("F.normalize", text, dim=site.order(which).index(place))
        texts.append(text)
    spelled = [
        "".join([names[axis] for axis in site.order(which)])
        for which, names in ((0, first), (1, second))
    ]
    formula = f"{spelled[0]},{spelled[1]}->{''.join(out)}"
    text = call("torch.einsum", Code(f'"{formula}"'), *texts)
    if len(out) == 1:
        text = Code(f"{text}.unsqueeze({literal(1)})")
    return Given(text, orders.same(site.made.rank))
