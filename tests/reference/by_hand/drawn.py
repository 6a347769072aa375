"""Random layers of every kind that is worked out by hand, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from convwise.errors import RuleError
from convwise.graph.axes import Tensor, tensor
from convwise.graph.obligations import Must
from convwise.kinds.activation import Activation
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.attention import Attention
from convwise.kinds.contract import Example, Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.embedding import Embedding
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm, UnitNorm
from convwise.kinds.merge import Concatenate, Merge
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.softmax import Softmax
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import SAME, VALID, Padding
from convwise.reference.by_hand.functions import FUNCTIONS

SPACE = {1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def layer(seed: int, name: str) -> Example:
    """One use of the kind `name` that its rules accept."""
    random = Random(f"{seed} {name}")
    while True:
        rank = random.choice((1, 2, 2, 3))
        kind, operands = DRAWN[name](random, rank), _operands(random, rank, name)
        try:
            kind.outputs(operands, Must())
            return Example(kind, operands)
        except RuleError:
            continue


def _operands(random: Random, rank: int, name: str) -> tuple[Tensor, ...]:
    source = _image(random, rank)
    if name == "embedding":
        return (tensor((random.randint(1, 3), random.randint(2, 9)), ("batch", "time"), "int64"),)
    if name == "recurrent":
        return _text(random)[:1]
    if "attention" in name:
        return _text(random)
    if name in ("merge", "concatenate"):
        return (source,) * random.randint(2, 3)
    return (source,)


def _text(random: Random) -> tuple[Tensor, ...]:
    batch, features = random.randint(1, 2), random.choice((2, 5, 20))
    queries, keys = random.randint(2, 9), random.randint(2, 9)
    roles = ("batch", "time", "feature")
    words = tensor((batch, keys, features), roles)
    return (tensor((batch, queries, features), roles), words, words)


def _image(random: Random, rank: int) -> Tensor:
    largest = {1: 200, 2: 16, 3: 7}[rank]
    sizes = [random.randint(3, largest) for _ in range(rank)]
    batch, channels = random.randint(1, 3), random.choice((1, 2, 4, 6, 20))
    if random.random() < 0.5:
        return tensor((batch, channels, *sizes), ("batch", "channel", *SPACE[rank]))
    return tensor((batch, *sizes, channels), ("batch", *SPACE[rank], "channel"))


def _many(random: Random, rank: int, *choices: int) -> tuple[int, ...]:
    return tuple([random.choice(choices) for _ in range(rank)])


def _padding(random: Random, rank: int) -> Padding:
    amounts = tuple([(random.randint(0, 1), random.randint(0, 1)) for _ in range(rank)])
    return random.choice((VALID, SAME, Padding("explicit", amounts)))


def _convolution(random: Random, rank: int) -> Kind:
    groups = random.choice((1, 1, 2, None))
    padding = _padding(random, rank)
    modes = ("zeros", "zeros", "reflect", "replicate", "circular")
    return Convolution(
        _many(random, rank, 1, 2, 3),
        None if groups is None else random.choice((2, 8, 18)),
        _many(random, rank, 1, 1, 2, 3),
        _many(random, rank, 1, 1, 2),
        padding,
        random.choice(modes) if padding.rule == "explicit" else "zeros",
        groups,
        random.choice((1, 2)) if groups is None else 1,
        random.random() < 0.7,
    )


def _transposed(random: Random, rank: int) -> Kind:
    crop = tuple([(random.randint(0, 1), random.randint(-1, 2)) for _ in range(rank)])
    kernel, stride = _many(random, rank, 1, 2, 3), _many(random, rank, 1, 2, 3)
    dilation = _many(random, rank, 1, 1, 2)
    groups = random.choice((1, 2))
    return TransposedConvolution(kernel, random.choice((2, 6)), stride, dilation, crop, groups)


def _pool(random: Random, rank: int, kind: type[MaxPool] | type[AveragePool]) -> Kind:
    window, stride = _many(random, rank, 2, 3), _many(random, rank, 1, 2)
    dilation = (random.choice((1, 1, 2)) if kind is MaxPool else 1,) * rank
    return kind(window, stride, dilation, _padding(random, rank), random.random() < 0.2)


def _axes(random: Random) -> tuple[str | int, ...]:
    return random.choice((("channel",), (-1,), (-2, -1)))


def _embedding(random: Random, rank: int) -> Kind:
    return Embedding(random.randint(2, 9), random.randint(1, 7))


def _merge(random: Random, rank: int) -> Kind:
    return Merge(random.choice(("add", "average", "subtract", "multiply", "divide", "maximum")))


def _recurrent(random: Random, rank: int) -> Kind:
    cell = Cell(
        random.choice(("simple", "lstm")), random.choice((2, 7)), bias=random.random() < 0.7
    )
    returns = random.choice((("sequence",), ("last",)))
    return Recurrent(cell, returns=returns, backwards=random.random() < 0.3)


def _method(random: Random) -> str:
    return random.choice(("nearest", "bilinear"))


def _mode(random: Random) -> str:
    return random.choice(("max", "average"))


DRAWN: dict[str, Callable[[Random, int], Kind]] = {
    "convolution": _convolution,
    "transposed_convolution": _transposed,
    "dense": lambda random, rank: Dense(random.choice((1, 7, 40)), random.random() < 0.7),
    "max_pool": lambda random, rank: _pool(random, rank, MaxPool),
    "average_pool": lambda random, rank: _pool(random, rank, AveragePool),
    "adaptive_pool": lambda random, rank: AdaptivePool(_mode(random), _many(random, rank, 1, 2, 3)),
    "global_pool": lambda random, rank: GlobalPool(_mode(random), random.random() < 0.5),
    "batch_norm": lambda random, rank: BatchNorm(
        scale=random.random() < 0.7, statistics=random.random() < 0.7
    ),
    "group_norm": lambda random, rank: GroupNorm(random.choice((1, 2, None))),
    "instance_norm": lambda random, rank: InstanceNorm(random.random() < 0.5),
    "layer_norm": lambda random, rank: LayerNorm(_axes(random), center=random.random() < 0.7),
    "rms_norm": lambda random, rank: RMSNorm(_axes(random)),
    "unit_norm": lambda random, rank: UnitNorm(_axes(random)),
    "activation": lambda random, rank: Activation(random.choice(tuple(FUNCTIONS))),
    "softmax": lambda random, rank: Softmax(_axes(random), log=random.random() < 0.3),
    "attention": lambda random, rank: Attention(random.random() < 0.4),
    "multi_head_attention": lambda random, rank: MultiHeadAttention(
        random.choice((1, 2, 3)),
        random.choice((2, 3)),
        random.choice((None, 4)),
        bias=random.random() < 0.7,
        causal=random.random() < 0.4,
    ),
    "upsample": lambda random, rank: Upsample(
        _many(random, rank, 1, 2, 3), _method(random), random.random() < 0.3
    ),
    "resize": lambda random, rank: Resize(
        _many(random, rank, 2, 5, 9, 14), _method(random), random.random() < 0.3
    ),
    "recurrent": _recurrent,
    "embedding": _embedding,
    "merge": _merge,
    "concatenate": lambda random, rank: Concatenate(random.choice(("channel", -1, 1))),
}
