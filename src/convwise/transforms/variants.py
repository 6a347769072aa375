"""Other designs for the same task: what a network of 3-D convolutions could be instead.

Each is a real network, or a sentence that says why it cannot be made. In networks over (depth,
height, width) the first of the three axes is taken for time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import CHANNEL, SPATIAL, Axis, Tensor
from convwise.graph.dims import Dim, product
from convwise.graph.nodes import Graph, Node
from convwise.kinds.activation import Activation
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.merge import Merge
from convwise.kinds.noise import Dropout, GaussianNoise
from convwise.kinds.unary import Cast, Unary
from convwise.kinds.windows import Padding, pads
from convwise.transforms.rewritten import rewritten

#: Operations on each value by itself, whatever its axes mean.
_BY_VALUE = (Activation, Merge, Unary, Cast, Dropout, GaussianNoise)


@dataclass(frozen=True, slots=True)
class Variant:
    """A design: the network, or why there is none. `what` says what was changed."""

    name: str
    what: str
    graph: Graph | None
    why_not: str = ""


def variants(graph: Graph) -> tuple[Variant, ...]:
    """All designs that make sense for the network's convolutions; none without any."""
    found = [node.kind for node in graph.nodes if isinstance(node.kind, Convolution)]
    if any(len(kind.kernel) == 3 for kind in found):
        makers: tuple[_Maker, ...] = (
            _Maker(
                "time as channels",
                "2-D convolutions over all steps at once: the output's steps are its channels",
                as_channels,
            ),
            _Maker(
                "(2+1)D",
                "each convolution first in space, then in time: sees the same",
                factorised,
            ),
            _Maker(
                "separable",
                "each channel by itself, then over channels: sees the same",
                separable,
            ),
            _Maker(
                "smaller kernel",
                "kernels two pixels shorter, borders too: sees less",
                smaller,
            ),
            _Maker(
                "strided",
                "stride 2 in space: maps cannot keep their size, they are half as high and wide",
                strided,
            ),
        )
    elif any(len(kind.kernel) == 2 for kind in found):
        makers = (
            _Maker(
                "3-D",
                "the channels are time steps, kernels reach over time: the same frames",
                as_volume,
            ),
        )
    else:
        makers = ()
    return tuple([maker.made(graph) for maker in makers])


@dataclass(frozen=True, slots=True)
class _Maker:
    name: str
    what: str
    make: Callable[[Graph], Graph]

    def made(self, graph: Graph) -> Variant:
        try:
            return Variant(self.name, self.what, self.make(graph))
        except ConvwiseError as error:
            return Variant(self.name, self.what, None, str(error.message))


def _same(tensor: Tensor) -> Tensor:
    return tensor


def _by_convolution(
    graph: Graph, name: str, change: Callable[[Convolution, Node], Sequence[Kind]]
) -> Graph:
    """Every convolution over three axes changed, all else as it was."""

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if isinstance(kind, Convolution) and len(kind.kernel) == 3:
            return change(kind, node)
        return (kind,)

    return rewritten(graph, f"{graph.name}, {name}", rewrite, _same)


def factorised(graph: Graph) -> Graph:
    """(2+1)D: 1 x k x k and then k x 1 x 1, the channels between chosen for as many weights.

    Tran et al., A Closer Look at Spatiotemporal Convolutions (arXiv:1711.11248), section 3.5:
    floor(t d^2 N M/(d^2 N + t M)) channels between N and M, here with groups of one. No activation
    stands between the two, which would add one.
    """
    return _by_convolution(graph, "(2+1)D", _factorised)


def middle_channels(kernel: tuple[int, ...], channels: int, filters: int) -> int:
    """The channels between the parts of a (2+1)D convolution, at least 1."""
    time, space = kernel[0], kernel[1] * kernel[2]
    return max(time * space * channels * filters // (space * channels + time * filters), 1)


def _factorised(kind: Convolution, node: Node) -> Sequence[Kind]:
    channels, filters = _whole(node.operands[0].dim(CHANNEL)), kind.filters
    if kind.groups != 1 or filters is None:
        raise RuleError("a grouped convolution is not split into space and time")
    middle = middle_channels(kind.kernel, channels, filters)
    space = _only(kind, node, (1, 2))
    time = _only(kind, node, (0,))
    return replace(space, filters=middle, bias=False), replace(time, filters=filters)


def _only(kind: Convolution, node: Node, axes: tuple[int, ...]) -> Convolution:
    """The convolution along some of its axes; one pixel, one step and no border along others."""
    sides = padded(kind, node)
    amounts = tuple([side if axis in axes else (0, 0) for axis, side in enumerate(sides)])

    def kept(values: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([value if axis in axes else 1 for axis, value in enumerate(values)])

    return replace(
        kind,
        kernel=kept(kind.kernel),
        stride=kept(kind.stride),
        dilation=kept(kind.dilation),
        padding=Padding("explicit", amounts),
    )


def padded(kind: Convolution, node: Node) -> list[tuple[int, int]]:
    """Pixels (before, after) that are added along each axis; RuleError for open sizes."""
    found = []
    for index, _, _, size, window in kind.places(node.operands[0]):
        before, after = pads(window, kind.padding, index, size)
        found.append((_whole(before), _whole(after)))
    return found


def _whole(dim: Dim) -> int:
    if type(dim) is not int:
        raise RuleError("its sizes are open", hint="give --input")
    return dim


def separable(graph: Graph) -> Graph:
    """Depthwise, then pointwise (Chollet, Xception, arXiv:1610.02357)."""

    def change(kind: Convolution, node: Node) -> Sequence[Kind]:
        if kind.groups != 1:
            raise RuleError("a grouped convolution is not made separable")
        alone = replace(kind, filters=None, groups=None, multiplier=1, bias=False)
        ones = (1,) * len(kind.kernel)
        point = Convolution(ones, kind.filters, ones, ones, bias=kind.bias)
        return alone, point

    return _by_convolution(graph, "separable", change)


def smaller(graph: Graph) -> Graph:
    """Kernels of 3 and more pixels two pixels shorter, with a border as much thinner."""

    def change(kind: Convolution, node: Node) -> Sequence[Kind]:
        kernel = tuple([size - 2 if size > 2 else size for size in kind.kernel])
        if kernel == kind.kernel:
            return (kind,)
        padding = kind.padding
        if padding.rule == "explicit":
            cuts = [
                d * (a - b) // 2 for a, b, d in zip(kind.kernel, kernel, kind.dilation, strict=True)
            ]
            sides = zip(padding.amounts, cuts, strict=True)
            padding = Padding(
                "explicit", tuple([(max(a - cut, 0), max(b - cut, 0)) for (a, b), cut in sides])
            )
        return (replace(kind, kernel=kernel, padding=padding),)

    return _by_convolution(graph, "smaller kernel", change)


def strided(graph: Graph) -> Graph:
    """The first convolution moves by 2 in space; what follows works on a quarter of the places."""
    first: list[Convolution] = []

    def change(kind: Convolution, node: Node) -> Sequence[Kind]:
        if first:
            return (kind,)
        first.append(kind)
        return (replace(kind, stride=(kind.stride[0], 2 * kind.stride[1], 2 * kind.stride[2])),)

    return _by_convolution(graph, "strided", change)


def time_role(tensor: Tensor) -> str:
    """The axis taken for time: the first of the spatial axes."""
    return next(str(axis.role) for axis in tensor.axes if axis.role in SPATIAL)


def as_channels(graph: Graph) -> Graph:
    """Every step of every channel a channel; as many filters as steps and filters come out.

    RuleError for layers that mix steps otherwise: pooling in time, products, weights per channel,
    and what works along the channels (softmax): those are all steps now.
    """

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if isinstance(kind, Convolution) and len(kind.kernel) == 3:
            return (flat(kind, node),)
        if not isinstance(kind, _BY_VALUE):
            raise RuleError(f"{kind.name.replace('_', ' ')} has no counterpart without a time axis")
        return (kind,)

    return rewritten(graph, f"{graph.name}, time as channels", rewrite, merged)


def flat(kind: Convolution, node: Node) -> Convolution:
    """The 2-D convolution over the steps of a 3-D one."""
    if kind.groups != 1 or kind.filters is None:
        raise RuleError("a grouped convolution has no counterpart without a time axis")
    made = node.outputs[0]
    steps = _whole(made.dim(time_role(made)))
    sides = tuple(padded(kind, node)[1:])
    return replace(
        kind,
        kernel=kind.kernel[1:],
        filters=steps * kind.filters,
        stride=kind.stride[1:],
        dilation=kind.dilation[1:],
        padding=Padding("explicit", sides),
    )


def merged(source: Tensor) -> Tensor:
    """A film as an image: channel s*C + c is channel c of step s."""
    role = time_role(source)
    time, channel = source.position(role), source.position(CHANNEL)
    count = product([source.axes[time].dim, source.axes[channel].dim])
    axes = [
        Axis(CHANNEL, count) if place == channel else axis
        for place, axis in enumerate(source.axes)
        if place != time
    ]
    return Tensor(tuple(axes), source.dtype)


def as_volume(graph: Graph) -> Graph:
    """An image whose channels are steps as a film of one channel: weights are shared over time.

    Convolutions with as many filters as steps keep the steps (kernels in time as long as in
    height); those with one filter take all steps at once, as before.
    """
    tensor = graph.tensor(graph.inputs[0])
    steps = _whole(tensor.dim(CHANNEL))

    def rewrite(node: Node) -> Sequence[Kind]:
        kind = node.kind
        if isinstance(kind, Convolution) and len(kind.kernel) == 2:
            return (_raised(kind, node, steps),)
        if not isinstance(kind, _BY_VALUE):
            raise RuleError(f"{kind.name.replace('_', ' ')} has no counterpart with a time axis")
        return (kind,)

    return rewritten(graph, f"{graph.name}, 3-D", rewrite, parted)


def _raised(kind: Convolution, node: Node, steps: int) -> Convolution:
    channels = _whole(node.operands[0].dim(CHANNEL))
    if kind.groups != 1 or kind.filters is None or channels % steps:
        raise RuleError("its channels are no time steps")
    sides = padded(kind, node)
    if kind.filters % steps == 0:
        length, side, filters = kind.kernel[0], sides[0], kind.filters // steps
    elif kind.filters == 1:
        length, side, filters = steps, (0, 0), 1
    else:
        raise RuleError(f"{kind.filters} filters are not a number of frames of {steps} steps")
    return replace(
        kind,
        kernel=(length, *kind.kernel),
        filters=filters,
        stride=(1, *kind.stride),
        dilation=(1, *kind.dilation),
        padding=Padding("explicit", (side, *sides)),
    )


def parted(source: Tensor) -> Tensor:
    """An image as a film: its channels are the steps."""
    place = source.position(CHANNEL)
    steps = Axis("time", source.axes[place].dim)
    axes: list[Axis] = []
    for axis in source.axes:
        if axis.role in SPATIAL and steps not in axes:
            axes.append(steps)
        axes.append(Axis(CHANNEL, 1) if axis.role == CHANNEL else axis)
    return Tensor(tuple(axes), source.dtype)
