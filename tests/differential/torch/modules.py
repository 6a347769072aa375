"""Recipes for the modules of torch.nn; must never import torch or convwise."""

from __future__ import annotations

from random import Random

from tests.differential.torch.cases import BATCH, Draw, Recipe, Shape, Values
from tests.differential.torch.draws import (
    any_shape,
    flag,
    image,
    integer,
    multiple_of,
    one_of,
    per_axis,
    space,
)

RANKS = (1, 2, 3)
NUMBER = one_of(0.1, 0.5, 1.0, 2.0)
EPS = one_of(1e-6, 1e-3)


def paddings(rank: int) -> Draw:
    amounts = per_axis(rank, 0, 2)

    def drawn(random: Random, values: Values) -> object:
        return (
            random.choice(("same", "valid")) if random.random() < 0.3 else amounts(random, values)
        )

    return drawn


def _convolution(rank: int, lazy: str = "") -> Recipe:
    # A hidden value decides the groups first, so that both ends are multiples of it.
    needed = {
        "_groups": one_of(1, 1, 2, 3),
        "in_channels": multiple_of("_groups"),
        "out_channels": multiple_of("_groups"),
        "kernel_size": per_axis(rank, 1, 3),
    }
    if lazy:
        needed["_in"] = needed.pop("in_channels")
    others = {
        "stride": per_axis(rank, 1, 2),
        "padding": paddings(rank),
        "dilation": per_axis(rank, 1, 2),
        "groups": lambda random, values: values["_groups"],
        "bias": flag(),
        "padding_mode": one_of("zeros", "reflect", "replicate", "circular"),
    }

    def inputs(random: Random, values: Values) -> list[Shape]:
        return image(random, rank, values["_in" if lazy else "in_channels"], 5)

    return Recipe(f"{lazy}Conv{rank}d", needed, others, inputs)


def _transposed(rank: int, lazy: str = "") -> Recipe:
    base = _convolution(rank, lazy)
    others = {
        "stride": per_axis(rank, 1, 3),
        "padding": per_axis(rank, 0, 2),
        "output_padding": per_axis(rank, 0, 1),
        "groups": base.others["groups"],
        "bias": flag(),
        "dilation": per_axis(rank, 1, 2),
        "padding_mode": one_of("zeros"),
    }
    return Recipe(f"{lazy}ConvTranspose{rank}d", base.needed, others, base.inputs)


def images(rank: int, channels: int = 4, low: int = 3) -> Draw:
    return lambda random, values: image(random, rank, channels, low)


def _pools(rank: int) -> list[Recipe]:
    kernel = {"kernel_size": per_axis(rank, 1, 3)}
    window = {"stride": per_axis(rank, 1, 3), "padding": per_axis(rank, 0, 1)}
    ceil = {"ceil_mode": flag()}
    average = {**window, **ceil, "count_include_pad": flag()}
    if rank > 1:
        average["divisor_override"] = integer(1, 5)
    size = {"output_size": adaptive(rank)}
    dilated = {**window, "dilation": per_axis(rank, 1, 2), **ceil}
    return [
        Recipe(f"MaxPool{rank}d", kernel, dilated, images(rank, low=5)),
        Recipe(f"AvgPool{rank}d", kernel, average, images(rank, low=5)),
        Recipe(
            f"LPPool{rank}d",
            {"norm_type": one_of(1, 2, 1.5), **kernel},
            {"stride": per_axis(rank, 1, 3), **ceil},
            images(rank, low=5),
        ),
        Recipe(f"AdaptiveMaxPool{rank}d", size, {}, images(rank)),
        Recipe(f"AdaptiveAvgPool{rank}d", size, {}, images(rank)),
    ]


def adaptive(rank: int) -> Draw:
    def drawn(random: Random, values: Values) -> object:
        if random.random() < 0.4:
            return random.randint(1, 5)
        some = [random.choice((None, 1, 2, 5)) for _ in range(rank)]
        return tuple(some) if rank > 1 else some[0] or 3

    return drawn


def _norms(rank: int) -> list[Recipe]:
    def sized(random: Random, values: Values) -> list[Shape]:
        return image(random, rank, values.get("num_features", 3))

    features = {"num_features": integer(1, 6)}
    others = {
        "eps": EPS,
        "momentum": one_of(None, 0.3),
        "affine": flag(),
        "track_running_stats": flag(),
        "bias": flag(),
    }
    return [
        Recipe(f"BatchNorm{rank}d", features, others, sized),
        Recipe(f"InstanceNorm{rank}d", features, others, sized),
        Recipe(f"LazyBatchNorm{rank}d", {}, others, sized),
        Recipe(f"LazyInstanceNorm{rank}d", {}, others, sized),
    ]


def layer_shape(random: Random, values: Values) -> object:
    sizes = [random.randint(1, 5) for _ in range(random.randint(1, 3))]
    return sizes[0] if len(sizes) == 1 else tuple(sizes)


def layered(random: Random, values: Values) -> list[Shape]:
    shape = values["normalized_shape"]
    trailing = shape if isinstance(shape, tuple) else (shape,)
    return [(BATCH, *[random.randint(1, 4) for _ in range(random.randint(0, 2))], *trailing)]


def _channels(name: str) -> Draw:
    def drawn(random: Random, values: Values) -> list[Shape]:
        return [(BATCH, values[name], *space(random, random.randint(0, 3), 2, 5))]

    return drawn


_RESPONSE = {"alpha": EPS, "beta": NUMBER, "k": NUMBER}
_NORMALISERS = [
    Recipe(
        "GroupNorm",
        {"num_groups": integer(1, 3), "num_channels": multiple_of("num_groups")},
        {"eps": EPS, "affine": flag(), "bias": flag()},
        _channels("num_channels"),
    ),
    Recipe(
        "LayerNorm",
        {"normalized_shape": layer_shape},
        {"eps": EPS, "elementwise_affine": flag(), "bias": flag()},
        layered,
    ),
    Recipe(
        "RMSNorm",
        {"normalized_shape": layer_shape},
        {"eps": EPS, "elementwise_affine": flag()},
        layered,
    ),
    Recipe("LocalResponseNorm", {"size": integer(1, 4)}, _RESPONSE, images(2)),
]


def _linear(random: Random, values: Values) -> list[Shape]:
    middle = [random.randint(1, 4) for _ in range(random.randint(0, 3))]
    return [(BATCH, *middle, values.get("in_features", 5))]


def tokens(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, *[random.randint(1, 6) for _ in range(random.randint(0, 2))])]


_CORE = [
    Recipe(
        "Linear",
        {"in_features": integer(1, 6), "out_features": integer(1, 6)},
        {"bias": flag()},
        _linear,
    ),
    Recipe("LazyLinear", {"out_features": integer(1, 6)}, {"bias": flag()}, _linear),
    Recipe("Identity", {}, {}, any_shape),
    Recipe(
        "Flatten", {}, {"start_dim": one_of(0, 1, 2, -2), "end_dim": one_of(-1, 1, 2)}, any_shape
    ),
    Recipe(
        "Unflatten",
        {"dim": one_of(1, -3), "unflattened_size": one_of((2, 3), (-1, 2), (3, 1, 2))},
        {},
        lambda random, values: image(random, 2, 6),
    ),
    Recipe(
        "Embedding",
        {"num_embeddings": integer(2, 9), "embedding_dim": integer(1, 5)},
        {
            "padding_idx": one_of(0, 1, -1),
            "norm_type": one_of(1.0, 2.0),
            "scale_grad_by_freq": flag(),
        },
        tokens,
        whole=True,
    ),
    Recipe(
        "EmbeddingBag",
        {"num_embeddings": integer(2, 9), "embedding_dim": integer(1, 5)},
        {
            "mode": one_of("sum", "mean", "max"),
            "padding_idx": one_of(0),
            "norm_type": one_of(1.0),
            "scale_grad_by_freq": one_of(False),
            "include_last_offset": one_of(False),
        },
        lambda random, values: [(BATCH, random.randint(1, 6))],
        whole=True,
    ),
]

_PLACE = {"inplace": one_of(False)}
_PLAIN = ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid")
_BARE = ("Tanh", "Sigmoid", "Softsign", "Tanhshrink", "LogSigmoid")
_ALPHA = {"alpha": NUMBER, **_PLACE}


def even_sizes(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, *[2 * random.randint(1, 3) for _ in range(random.randint(1, 3))])]


def at_least_three(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, *[random.randint(2, 5) for _ in range(random.randint(2, 3))])]


_ACTIVATIONS = [
    *[Recipe(name, {}, _PLACE, any_shape) for name in _PLAIN],
    *[Recipe(name, {}, {}, any_shape) for name in _BARE],
    Recipe("LeakyReLU", {}, {"negative_slope": NUMBER, **_PLACE}, any_shape),
    Recipe("ELU", {}, _ALPHA, any_shape),
    Recipe("CELU", {}, _ALPHA, any_shape),
    Recipe("GELU", {}, {"approximate": one_of("none", "tanh")}, any_shape),
    Recipe("Softplus", {}, {"beta": NUMBER, "threshold": NUMBER}, any_shape),
    Recipe("Hardshrink", {}, {"lambd": NUMBER}, any_shape),
    Recipe("Softshrink", {}, {"lambd": NUMBER}, any_shape),
    Recipe("Threshold", {"threshold": NUMBER, "value": NUMBER}, _PLACE, any_shape),
    Recipe("Hardtanh", {}, {"min_val": one_of(-2.0), "max_val": NUMBER, **_PLACE}, any_shape),
    Recipe("RReLU", {}, {"lower": one_of(0.1), "upper": one_of(0.5), **_PLACE}, any_shape),
    Recipe("PReLU", {}, {"num_parameters": one_of(1, 4), "init": NUMBER}, images(2)),
    Recipe("GLU", {}, {"dim": one_of(-1, 1)}, even_sizes),
    *[
        Recipe(name, {}, {"dim": one_of(-1, 1, -2)}, at_least_three)
        for name in ("Softmax", "Softmin", "LogSoftmax")
    ],
    Recipe("Softmax2d", {}, {}, images(2)),
]

_RATE = {"p": one_of(0.0, 0.2, 1.0), **_PLACE}
_NOISE = [
    Recipe("Dropout", {}, _RATE, any_shape),
    Recipe("AlphaDropout", {}, _RATE, any_shape),
    Recipe("FeatureAlphaDropout", {}, _RATE, images(2)),
    *[Recipe(f"Dropout{rank}d", {}, _RATE, images(rank)) for rank in RANKS],
]


def _borders(rank: int) -> list[Recipe]:
    def amounts(random: Random, values: Values) -> object:
        if random.random() < 0.4:
            return random.randint(0, 2)
        return tuple([random.randint(-1, 2) for _ in range(2 * rank)])

    padding = {"padding": amounts}
    return [
        *[
            Recipe(f"{word}Pad{rank}d", padding, {}, images(rank, low=4))
            for word in ("Zero", "Reflection", "Replication", "Circular")
        ],
        Recipe(f"ConstantPad{rank}d", {**padding, "value": NUMBER}, {}, images(rank, low=4)),
    ]


_MODES = {
    1: ("nearest", "linear"),
    2: ("nearest", "bilinear", "bicubic"),
    3: ("nearest", "trilinear"),
}
_FACTORS = (2, 3, 0.5, 1.5, 1.3)


def resizing(random: Random, values: Values) -> object:
    """Modes for the rank that was drawn before."""
    return random.choice((*_MODES[values["_rank"]], "area", "nearest-exact"))


def smooth(random: Random, values: Values) -> object:
    """Modes that have corners to align."""
    return random.choice(_MODES[values["_rank"]][1:])


def _upsample(random: Random, values: Values) -> list[Shape]:
    return image(random, values["_rank"], 3, 4)


def target(random: Random, values: Values) -> object:
    """Sizes for the rank that was drawn, or one for all axes."""
    sizes = [random.randint(2, 9) for _ in range(values["_rank"])]
    return random.choice((sizes[0], tuple(sizes)))


def _blocks(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, 3, 2 * random.randint(1, 4), 6)]


_FACTOR = {
    "scale_factor": one_of(*_FACTORS),
    "mode": resizing,
    "align_corners": flag(),
    "recompute_scale_factor": one_of(None, True),
}
_TWO = ("UpsamplingNearest2d", "UpsamplingBilinear2d")
_RESIZING = [
    Recipe("Upsample", {"_rank": integer(1, 3)}, _FACTOR, _upsample),
    Recipe(
        "Upsample",
        {"_rank": integer(1, 3), "size": target},
        {"mode": smooth, "align_corners": flag()},
        _upsample,
    ),
    Recipe("Upsample", {"_rank": integer(1, 3), "size": target}, {"mode": resizing}, _upsample),
    *[Recipe(name, {"size": one_of(5, (4, 7))}, {}, images(2)) for name in _TWO],
    *[Recipe(name, {"scale_factor": one_of(2, 1.5, (2, 3))}, {}, images(2)) for name in _TWO],
    Recipe("PixelShuffle", {"upscale_factor": one_of(1, 2)}, {}, images(2, 8)),
    Recipe("PixelUnshuffle", {"downscale_factor": integer(1, 2)}, {}, _blocks),
    Recipe("ChannelShuffle", {"groups": one_of(1, 2, 3)}, {}, images(2, 6)),
]


def _sequence(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, random.randint(2, 5), values["input_size"])]


def _recurrent(name: str) -> Recipe:
    others = {
        "num_layers": integer(1, 3),
        "bias": flag(),
        "batch_first": flag(),
        "dropout": one_of(0.0, 0.3),
        "bidirectional": flag(),
    }
    if name == "RNN":
        others["nonlinearity"] = one_of("tanh", "relu")
    if name == "LSTM":
        others["proj_size"] = one_of(0, 1)
    needed = {"input_size": integer(1, 5), "hidden_size": integer(2, 5)}
    return Recipe(name, needed, others, _sequence)


def _cell(name: str) -> Recipe:
    others = {"bias": flag()}
    if name == "RNNCell":
        others["nonlinearity"] = one_of("tanh", "relu")
    needed = {"input_size": integer(1, 5), "hidden_size": integer(2, 5)}
    return Recipe(name, needed, others, lambda random, values: [(BATCH, values["input_size"])])


def _attended(random: Random, values: Values) -> list[Shape]:
    width, steps = values["embed_dim"], random.randint(2, 5)
    first = values.get("batch_first", False)
    keys = random.randint(2, 5)
    shapes = [(steps, width), (keys, values.get("kdim", width)), (keys, values.get("vdim", width))]
    if first:
        return [(BATCH, *one) for one in shapes]
    return [(steps if place == 0 else keys, 3, one[1]) for place, one in enumerate(shapes)]


def _asked(random: Random, values: Values) -> Values:
    """What a call may say about the attention weights."""
    return random.choice(({}, {"need_weights": False}, {"average_attn_weights": False}))


_ATTENTION = Recipe(
    "MultiheadAttention",
    {
        "_heads": integer(1, 3),
        "embed_dim": multiple_of("_heads"),
        "num_heads": lambda random, values: values["_heads"],
        "batch_first": one_of(True),
    },
    {
        "dropout": one_of(0.0, 0.2),
        "bias": flag(),
        "add_bias_kv": flag(),
        "add_zero_attn": flag(),
        "kdim": integer(2, 5),
        "vdim": integer(2, 5),
    },
    _attended,
    call=_asked,
)

RECIPES = (
    *[_convolution(rank, lazy) for rank in RANKS for lazy in ("", "Lazy")],
    *[_transposed(rank, lazy) for rank in RANKS for lazy in ("", "Lazy")],
    *[one for rank in RANKS for one in _pools(rank)],
    *[one for rank in RANKS for one in _norms(rank)],
    *_NORMALISERS,
    *_CORE,
    *_ACTIVATIONS,
    *_NOISE,
    *[one for rank in RANKS for one in _borders(rank)],
    *_RESIZING,
    *[_recurrent(name) for name in ("RNN", "LSTM", "GRU")],
    *[_cell(name) for name in ("RNNCell", "LSTMCell", "GRUCell")],
    _ATTENTION,
)
