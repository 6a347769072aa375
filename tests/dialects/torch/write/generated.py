"""Random networks: images, sounds and films through layers that fit, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from convwise.compose import chain
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH, Tensor, tensor
from convwise.graph.nodes import Graph
from convwise.kinds.activation import FUNCTIONS, Activation, PReLU
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm, UnitNorm
from convwise.kinds.noise import Dropout
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.kinds.padding import Crop, Pad
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.reduce import Reduce
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.kinds.slicing import Repeat, Slice
from convwise.kinds.softmax import Softmax
from convwise.kinds.source import Input
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.unary import Unary
from convwise.kinds.views import Flatten, Permute
from convwise.kinds.windows import SAME, VALID, Padding

SPACE = {1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")}
Drawn = Callable[[Random, int, int], Kind]


def network(seed: int) -> Graph:
    """A chain of up to nine kinds; kinds that do not fit are drawn again."""
    random = Random(seed)
    rank = random.choice((1, 2, 2, 2, 3))
    kinds: list[Kind] = [Input(_start(random, rank))]
    for _ in range(random.randint(1, 9)):
        for _ in range(20):
            last = chain(kinds, "network").nodes[-1].outputs[0]
            if last.rank < 2:
                break
            try:
                kind = random.choice(DRAWN)(random, rank, last.rank)
                chain([*kinds, kind], "network")
            except RuleError:
                continue
            kinds.append(kind)
            break
    return chain(kinds, "network")


def _start(random: Random, rank: int) -> Tensor:
    sizes = [random.randint(5, 16) for _ in range(rank)]
    channels = random.choice((1, 3, 4, 8))
    if random.random() < 0.5:
        return tensor((FREE_BATCH, channels, *sizes), ("batch", "channel", *SPACE[rank]))
    return tensor((FREE_BATCH, *sizes, channels), ("batch", *SPACE[rank], "channel"))


def _many(random: Random, rank: int, *choices: int) -> tuple[int, ...]:
    return tuple(random.choice(choices) for _ in range(rank))


def _padding(random: Random, rank: int) -> Padding:
    amounts = tuple((random.randint(0, 1), random.randint(0, 1)) for _ in range(rank))
    return random.choice((VALID, SAME, SAME, Padding("explicit", amounts)))


def _convolution(random: Random, rank: int, axes: int) -> Kind:
    groups = random.choice((1, 1, 2, None))
    return Convolution(
        _many(random, rank, 1, 2, 3),
        None if groups is None else random.choice((4, 8)),
        _many(random, rank, 1, 1, 2),
        _many(random, rank, 1, 1, 2),
        _padding(random, rank),
        groups=groups,
        multiplier=random.choice((1, 2)) if groups is None else 1,
        bias=random.random() < 0.7,
    )


def _transposed(random: Random, rank: int, axes: int) -> Kind:
    crop = tuple((random.randint(0, 1), random.randint(0, 2)) for _ in range(rank))
    kernel, stride = _many(random, rank, 2, 3), _many(random, rank, 1, 2)
    return TransposedConvolution(kernel, random.choice((2, 4)), stride, (1,) * rank, crop)


def _pool(random: Random, rank: int, axes: int) -> Kind:
    window, stride = _many(random, rank, 2, 3), _many(random, rank, 1, 2)
    padding, ceil = _padding(random, rank), random.random() < 0.2
    if random.random() < 0.5:
        return MaxPool(window, stride, (1,) * rank, padding, ceil)
    return AveragePool(window, stride, (1,) * rank, padding, ceil)


def _adaptive(random: Random, rank: int, axes: int) -> Kind:
    mode = random.choice(("max", "average"))
    if random.random() < 0.4:
        return GlobalPool(mode, keep_axes=random.random() < 0.5)
    return AdaptivePool(mode, _many(random, rank, 1, 2, 3))


def _norm(random: Random, rank: int, axes: int) -> Kind:
    last = random.choice((("channel",), (-1,), (-2, -1)))
    return random.choice(
        (
            BatchNorm(scale=random.random() < 0.7, center=random.random() < 0.7),
            BatchNorm(axis=-1),
            GroupNorm(random.choice((1, 2)), scale=random.random() < 0.7),
            InstanceNorm(affine=random.random() < 0.5),
            LayerNorm(last, center=random.random() < 0.7),
            RMSNorm(last),
            UnitNorm(last),
        )
    )


def _activation(random: Random, rank: int, axes: int) -> Kind:
    if random.random() < 0.2:
        return PReLU(random.choice(((), tuple(range(1, axes)), ("channel",))))
    return Activation(random.choice(tuple(FUNCTIONS)))


def _reshaped(random: Random, rank: int, axes: int) -> Kind:
    order = list(range(1, axes))
    random.shuffle(order)
    return random.choice(
        (
            Flatten(random.randint(1, axes - 1)),
            Flatten(1, random.randint(1, axes - 1)),
            Permute((0, *order)),
            Slice(((None, None, None), (1, None, random.choice((1, 2, -1))))),
            Slice(((None, None, None), random.choice((0, -1)))),
            Repeat(2, axis=random.randint(1, axes - 1), interleaved=random.random() < 0.5),
            Repeat(3, random.randint(1, axes), None),
        )
    )


def _bordered(random: Random, rank: int, axes: int) -> Kind:
    place = random.randint(1, axes - 1)
    amounts = ((place, (random.randint(0, 2), random.randint(0, 2))),)
    if random.random() < 0.4:
        return Crop(amounts)
    return Pad(amounts, random.choice(("constant", "reflect", "replicate")))


def _resized(random: Random, rank: int, axes: int) -> Kind:
    methods = ("nearest", "bilinear")
    return random.choice(
        (
            Upsample(_many(random, rank, 1, 2), random.choice(methods)),
            Resize(_many(random, rank, 4, 7), random.choice(methods)),
            PixelShuffle(2, random.choice(("channel first", "block first"))),
            PixelUnshuffle(2, random.choice(("channel first", "block first"))),
        )
    )


def _plain(random: Random, rank: int, axes: int) -> Kind:
    place = random.randint(1, axes - 1)
    return random.choice(
        (
            Dense(random.choice((3, 8)), bias=random.random() < 0.7),
            Dropout(0.3, random.choice(((), (place,), tuple(range(2, axes))))),
            Reduce(random.choice(("mean", "sum", "max", "min", "prod", "std")), (place,), True),
            Softmax(random.choice(((-1,), (place,), tuple(range(1, axes))))),
            Unary("scale", (0.5,)),
            Unary("add", (-1.0,)),
        )
    )


DRAWN: tuple[Drawn, ...] = (
    _convolution,
    _convolution,
    _transposed,
    _pool,
    _adaptive,
    _norm,
    _activation,
    _reshaped,
    _bordered,
    _resized,
    _plain,
)
