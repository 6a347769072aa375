"""Values at places that whole numbers name, in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.parts import mark
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, literal, method
from convwise.errors import RuleError
from convwise.kinds.assigning import Assign
from convwise.kinds.gathering import Gather, Pick, Scatter
from convwise.kinds.triangle import Triangle


def gather(kind: Gather, site: Site) -> Given:
    order = site.order()
    text = site.arg(inline=True)
    return Given(method(text, "gather", site.place(kind.axis), site.arg(1, order)), order)


def pick(kind: Pick, site: Site) -> Given:
    """Indexing, the axes in the graph's order."""
    order = orders.same(site.source.rank)
    text = bracketed(site.arg(0, order, inline=True))
    marks = [Code(":")] * site.source.rank
    for which, ref in enumerate(kind.axes, 1):
        marks[site.source.locate(ref)] = site.arg(which, orders.same(site.operands[which].rank))
    _must_stand_so(kind, site)
    while marks[-1] == ":":
        marks.pop()
    return Given(Code(f"{text}[{', '.join(marks)}]"), orders.same(site.made.rank))


def _must_stand_so(kind: Pick, site: Site) -> None:
    """PyTorch puts the new axes in front where the indexed ones are apart."""
    places = sorted([site.source.locate(ref) for ref in kind.axes])
    apart = places[-1] - places[0] >= len(places)
    if places[0] and apart != kind.front:
        raise RuleError("indices whose axes stand elsewhere than PyTorch puts them")


def scatter(kind: Scatter, site: Site) -> Given:
    """`scatter` for an index of as many axes, `index_copy` and its like for one of one axis."""
    order = site.order()
    dim = site.place(kind.axis)
    text = site.arg(inline=True)
    single = site.operands[1].rank == 1
    index = site.arg(1) if single else site.arg(1, order)
    values = site.arg(2, order) if kind.number is None else literal(kind.number)
    if single:
        names = {"set": "index_copy" if kind.number is None else "index_fill", "add": "index_add"}
        reduction = "index_reduce"
    else:
        names = {"set": "scatter", "add": "scatter_add"}
        reduction = "scatter_reduce"
    if kind.op in names:
        return Given(method(text, names[kind.op], dim, index, values), order)
    word = {"max": "amax", "min": "amin"}.get(kind.op, kind.op)
    return Given(method(text, reduction, dim, index, values, reduce=word), order)


def assign(kind: Assign, site: Site) -> Given:
    """A copy, then a statement that puts the values in."""
    order = orders.same(site.source.rank)
    target = site.bound(method(site.arg(0, order, inline=True), "clone"), "assigned")
    marks = ", ".join([mark(cut) for cut in kind.cuts])
    if kind.number is None:
        values = site.arg(1, orders.same(site.operands[1].rank))
    else:
        values = literal(kind.number)
    site.writer.forward.statement(f"{target}[{marks}] = {values}")
    return Given(target, order, atom=True)


def triangle(kind: Triangle, site: Site) -> Given:
    order = orders.same(site.source.rank)
    text = site.arg(0, order, inline=True)
    return Given(method(text, "triu" if kind.upper else "tril", kind.diagonal), order)
