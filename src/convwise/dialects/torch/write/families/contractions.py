"""Dense layers, embeddings and products of tensors in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import call
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
