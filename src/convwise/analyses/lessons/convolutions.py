"""Convolutions in words: size, maps, weights, and the beliefs that their numbers refute."""

from __future__ import annotations

from convwise.analyses.lessons.contract import (
    Lesson,
    Myth,
    Point,
    Seen,
    by,
    counted,
    extent,
    in_all_orders,
    listed,
    roles,
    spatial,
)
from convwise.analyses.lessons.sizes import plain_sizes, size_point
from convwise.graph.axes import CHANNEL
from convwise.kinds.convolution import Convolution
from convwise.kinds.windows import VALID, out_size


def convolution(kind: Convolution, seen: Seen) -> Lesson:
    """Dumoulin and Visin (arXiv:1603.07285) for the sizes; the rest are the layer's own numbers."""
    if not plain_sizes(seen):
        return Lesson((size_point(seen),))
    points = [_what(kind, seen), size_point(seen), _maps(kind, seen), _weights(kind, seen)]
    return Lesson(tuple(points), (*_myth_of_maps(kind, seen), *_myth_of_size(kind, seen)))


def _inner(kind: Convolution, seen: Seen) -> tuple[int, int, int]:
    """Filters, groups, and channels that one filter sees, as plain numbers."""
    filters, groups, deep = kind.split(seen.operands)
    assert type(filters) is int
    assert type(groups) is int
    assert type(deep) is int
    return filters, groups, deep


def _what(kind: Convolution, seen: Seen) -> Point:
    filters, groups, deep = _inner(kind, seen)
    window = by(kind.kernel)
    product = "*".join([str(size) for size in (*kind.kernel, deep)])
    taps = eval_product((*kind.kernel, deep))
    many = f"{filters} filters, each" if filters > 1 else "One filter"
    sees = f"all {deep} input channels" if deep > 1 else "the input channel"
    if groups > 1:
        sees = f"{counted(deep, 'input channel')} of its own group ({groups} groups)"
    bias = ", adds them up and adds its bias" if kind.bias else " and adds them up"
    text = (
        f"{many} slides a window of {window} over {roles(seen.source)}. At every place it takes "
        f"the {product} = {taps:,} numbers under it ({sees}), multiplies each with a weight of its "
        f"own{bias}. That is one number of the output."
    )
    if seen.then:
        text += f" Then {listed(list(seen.then))}."
    return Point("does", text)


def eval_product(sizes: tuple[int, ...]) -> int:
    """All multiplied."""
    total = 1
    for size in sizes:
        total *= size
    return total


def _maps(kind: Convolution, seen: Seen) -> Point:
    filters, groups, deep = _inner(kind, seen)
    made = f"{counted(filters, 'filter')} {'make' if filters > 1 else 'makes'} "
    if groups > 1:
        each = filters // groups
        text = (
            f"{made}{counted(filters, 'map')}: the {groups * deep} input channels are split into "
            f"{groups} groups of {deep}, and each group has {counted(each, 'filter')} of its own."
        )
        return Point("maps", text)
    text = f"{made}{counted(filters, 'map')} of {extent(seen.made)}, one each."
    if deep > 1:
        slices = f"a slice of {by(kind.kernel)} for every one of the {deep} maps that come in"
        text += (
            f" A filter has {slices}; the {deep} partial results are summed"
            f"{', then the bias is added' if kind.bias else ''}. "
            f"The {deep} x {filters} = {deep * filters:,} partial maps exist only inside that sum: "
            f"it contracts the {deep} channels away, which is why {deep} is not in the output's "
            f"shape."
        )
    else:
        text += " There is one channel to look at, so that there is nothing to sum over channels."
    return Point("maps", text)


def _weights(kind: Convolution, seen: Seen) -> Point:
    filters, _, deep = _inner(kind, seen)
    formula = seen.row.formulas.get("parameters")
    count = f" {formula.text()} = {formula.value:,} parameters." if formula is not None else ""
    text = (
        f"{counted(filters, 'filter')} of {by((*kind.kernel, deep))}: as deep as what it "
        f"looks at, local in space. The shape is {_orders(kind, seen)}.{count}"
    )
    return Point("weights", text)


def _orders(kind: Convolution, seen: Seen) -> str:
    return in_all_orders(kind.name, kind.weights(seen.operands)[0], seen.orders)


def _myth_of_maps(kind: Convolution, seen: Seen) -> list[Myth]:
    """Every filter makes one map per incoming map: refuted by the next layer's weights."""
    filters, groups, deep = _inner(kind, seen)
    if groups > 1 or deep < 2:
        return []
    behind = seen.behind
    if behind is None or type(behind.kind) is not Convolution:
        return [
            Myth(
                "joined maps",
                f"Each of the {filters} filters makes a map per input channel: {deep} x {filters} "
                f"= {deep * filters:,} maps, joined one after the other.",
                f"The output has {filters} maps, not {deep * filters:,}: the {deep} partial maps "
                f"of a filter are added up, not multiplied and not concatenated.",
            )
        ]
    made, split, inner = _inner(behind.kind, behind)
    claimed = made * inner
    if inner == 1 or split > 1 or made != deep:
        return []
    taps = "*".join([str(size) for size in kind.kernel])
    needed = filters * (eval_product(kind.kernel) * claimed + int(kind.bias))
    plus = " + 1" if kind.bias else ""
    return [
        Myth(
            "maps of maps",
            f"{behind.row.name} makes {made} x {inner} = {claimed:,} maps, and "
            f"this layer {filters} x {claimed:,} = {filters * claimed:,}.",
            f"Then it would need {filters} x ({taps}*{claimed}{plus}) = {needed:,} parameters. It "
            f"has {seen.row.parameters:,}: {deep} maps come in, {filters} go out.",
        )
    ]


def _myth_of_size(kind: Convolution, seen: Seen) -> list[Myth]:
    """The size comes from the number of filters: refuted by the size without padding."""
    filters = _inner(kind, seen)[0]
    sizes = [axis.dim for axis in spatial(seen.made)]
    if filters not in sizes or kind.padding == VALID:
        return []
    plain = [
        out_size(window, VALID, index, size)
        for index, _, _, size, window in kind.places(seen.source)
    ]
    if not all(type(size) is int and size > 0 for size in plain):
        return []
    return [
        Myth(
            "size and filters",
            f"The output is {extent(seen.made)} because there are {filters} filters.",
            f"The {extent(seen.made)} comes from the padding: without it, the output is "
            f"{by(plain)}. Only the {CHANNEL} axis, {seen.made.dim(CHANNEL)}, counts the filters.",
        )
    ]
