"""Dense layers, bilinear maps and embeddings in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.products import in_order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import call
from convwise.kinds.bilinear import Bilinear, GivenBilinear
from convwise.kinds.dense import Dense
from convwise.kinds.embedding import Embedding


def dense(kind: Dense, site: Site) -> Given:
    """`nn.Linear`, which works on the last axis as Dense does."""
    order = site.order()
    if order[-1] != len(order) - 1:
        order = orders.same(len(order))
    width = site.whole(site.source.axes[-1].dim, "the number of features")
    options = {} if kind.bias else {"bias": False}
    constructor = call("nn.Linear", width, kind.units, **options)
    module = site.module(constructor, "dense", {"kernel": "weight", "bias": "bias"})
    return Given(call(module, site.arg(0, order)), order)


def embedding(kind: Embedding, site: Site) -> Given:
    constructor = call("nn.Embedding", kind.vocabulary, kind.width)
    module = site.module(constructor, "embedding", {"table": "weight"})
    order = site.order()
    return Given(call(module, site.arg()), (*order, len(order)))


def bilinear(kind: Bilinear, site: Site) -> Given:
    """`nn.Bilinear`, both tensors with their axes as the graph has them."""
    one, two = [site.whole(given.shape[-1], "the number of features") for given in site.operands]
    options = {} if kind.bias else {"bias": False}
    constructor = call("nn.Bilinear", one, two, kind.units, **options)
    module = site.module(constructor, "bilinear", {"kernel": "weight", "bias": "bias"})
    text = call(module, in_order(site, 0), in_order(site, 1))
    return Given(text, orders.same(site.made.rank))


def given_bilinear(kind: GivenBilinear, site: Site) -> Given:
    """`F.bilinear`."""
    texts = [in_order(site, which) for which in range(len(site.operands))]
    return Given(call("F.bilinear", *texts), orders.same(site.made.rank))
