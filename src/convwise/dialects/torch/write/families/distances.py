"""Distances and similarities in PyTorch: functions of two tensors in the graph's order."""

from __future__ import annotations

from math import inf

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.products import in_order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import call
from convwise.kinds.distance import CosineSimilarity, CrossDistance, Order, PairwiseDistance


def power(order: Order) -> float:
    """The order of a norm as PyTorch's functions take it."""
    return inf if order == "max" else float(order)


def cosine_similarity(kind: CosineSimilarity, site: Site) -> Given:
    one, two = in_order(site, 0), in_order(site, 1)
    place = kind.place(site.operands)
    text = call("F.cosine_similarity", one, two, dim=place, eps=kind.epsilon)
    return Given(text, orders.same(site.made.rank))


def pairwise_distance(kind: PairwiseDistance, site: Site) -> Given:
    options: dict[str, object] = {"p": power(kind.order), "eps": kind.epsilon}
    if kind.keep_axis:
        options["keepdim"] = True
    text = call("F.pairwise_distance", in_order(site, 0), in_order(site, 1), **options)
    return Given(text, orders.same(site.made.rank))


def cross_distance(kind: CrossDistance, site: Site) -> Given:
    """`torch.cdist`, told how to compute where its own choice may be another."""
    options: dict[str, object] = {}
    if kind.order != 2.0:
        options["p"] = power(kind.order)
    else:
        word = "use_mm_for_euclid_dist"
        options["compute_mode"] = word if kind.by_product else f"donot_{word}"
    text = call("torch.cdist", in_order(site, 0), in_order(site, 1), **options)
    return Given(text, orders.same(site.made.rank))
