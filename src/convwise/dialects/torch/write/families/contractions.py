"""Dense layers, embeddings and products of tensors in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call, literal
from convwise.errors import RuleError
from convwise.kinds.dense import Dense
from convwise.kinds.dot import Dot
from convwise.kinds.embedding import Embedding


def dense(kind: Dense, site: Site) -> Given:
    """`nn.Linear`, which works on the last axis as Dense does."""
    order = site.order()
    if order[-1] != len(order) - 1:
        order = orders.same(len(order))
    width = site.whole(site.source.axes[-1].dim, "the number of features")
    options = {} if kind.bias else {"bias": False}
    constructor = call("nn.Linear", width, kind.units, **options)
    module = site.module(constructor, "dense", kernel="weight", bias="bias")
    return Given(call(module, site.arg(0, order)), order)


def embedding(kind: Embedding, site: Site) -> Given:
    constructor = call("nn.Embedding", kind.vocabulary, kind.width)
    module = site.module(constructor, "embedding", table="weight")
    order = site.order()
    return Given(call(module, site.arg()), (*order, len(order)))


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
