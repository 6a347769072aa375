"""Changes of a network that make it need less memory: all are other networks, none is exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from convwise.errors import ConvwiseError, RuleError
from convwise.graph.nodes import Graph, Node
from convwise.kinds.contract import CONTRACTION, Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import Padding
from convwise.transforms.rewritten import rewritten
from convwise.transforms.variants import Variant, factorised

_Make = Callable[[Graph], Graph]


def lighter(graph: Graph) -> tuple[Variant, ...]:
    """Every change that makes sense for the network's convolutions, the mildest first."""
    windows = [len(node.kind.kernel) for node in graph.nodes if isinstance(node.kind, Convolution)]
    if not windows:
        return ()
    makers: list[tuple[str, str, _Make]] = [
        ("separable", "each channel by itself, then over channels: sees the same", separable),
        ("half the channels", "every inner convolution has half as many filters", narrower),
        (
            "stride earlier",
            "the first convolution moves by 2 in space: maps are half as high and wide",
            strided,
        ),
    ]
    if 3 in windows:
        what = "each 3-D convolution first in space, then in time: sees the same"
        makers.insert(0, ("(2+1)D", what, factorised))
    return tuple([_made(graph, *maker) for maker in makers])


def _made(graph: Graph, name: str, what: str, make: _Make) -> Variant:
    try:
        return Variant(name, what, make(graph))
    except ConvwiseError as error:
        return Variant(name, what, None, str(error.message))


def _rewritten(graph: Graph, name: str, rewrite: Callable[[Node], Sequence[Kind]]) -> Graph:
    return rewritten(graph, f"{graph.name}, {name}", rewrite, lambda tensor: tensor)


def separable(graph: Graph) -> Graph:
    """Depthwise, then pointwise (Chollet, Xception, arXiv:1610.02357), where windows are wide."""
    changed: list[Node] = []

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if not isinstance(kind, Convolution) or max(kind.kernel) == 1 or kind.groups != 1:
            return (kind,)
        changed.append(node)
        ones = (1,) * len(kind.kernel)
        alone = replace(kind, filters=None, groups=None, multiplier=1, bias=False)
        over = replace(kind, kernel=ones, stride=ones, dilation=ones, padding=Padding("valid"))
        return alone, over

    made = _rewritten(graph, "separable", rewrite)
    return _if(made, changed, "it has no convolution over all channels with a window")


def narrower(graph: Graph) -> Graph:
    """Half the filters in every convolution but those behind which only the output comes."""
    last = _last(graph)
    changed: list[Node] = []

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if not isinstance(kind, Convolution | TransposedConvolution) or id(node) in last:
            return (kind,)
        if kind.filters is None:
            return (kind,)
        if kind.filters % 2 or kind.groups not in (1, None):
            raise RuleError("its filters are not halved: an odd number, or in groups")
        changed.append(node)
        return (replace(kind, filters=kind.filters // 2),)

    made = _rewritten(graph, "half the channels", rewrite)
    return _if(made, changed, "it has no inner convolution")


def strided(graph: Graph) -> Graph:
    """The first convolution moves by 2 in the last two axes of space."""
    first: list[Node] = []

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if first or not isinstance(kind, Convolution):
            return (kind,)
        first.append(node)
        count = len(kind.stride)
        factors = [1 if count == 3 and axis == 0 else 2 for axis in range(count)]
        steps = tuple([step * by for step, by in zip(kind.stride, factors, strict=True)])
        return (replace(kind, stride=steps),)

    return _if(_rewritten(graph, "stride earlier", rewrite), first, "it has no convolution")


def _if(made: Graph, changed: list[Node], why_not: str) -> Graph:
    if not changed:
        raise RuleError(why_not)
    return made


def _last(graph: Graph) -> set[int]:
    """Contractions whose result reaches the output through no other contraction, by identity."""
    open_ = {value.node for value in graph.outputs}
    found: set[int] = set()
    for index in range(len(graph.nodes) - 1, -1, -1):
        if index not in open_:
            continue
        node = graph.nodes[index]
        if CONTRACTION in node.kind.traits:
            found.add(id(node))
        else:
            open_.update([value.node for value in node.inputs])
    return found
