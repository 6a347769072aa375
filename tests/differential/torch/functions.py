"""Recipes for the functions of torch.nn.functional; must never import torch or convwise."""

from __future__ import annotations

from random import Random

from tests.differential.torch.cases import BATCH, Draw, Raw, Recipe, Shape, Values
from tests.differential.torch.draws import any_shape, flag, integer, multiple_of, one_of, per_axis
from tests.differential.torch.modules import (
    EPS,
    NUMBER,
    RANKS,
    at_least_three,
    images,
    paddings,
    resizing,
    smooth,
    target,
    tokens,
)
from tests.differential.torch.modules import (
    RECIPES as MODULES,
)

_MODULES = {one.name: one for one in MODULES}


def _like(name: str, module: str, without: tuple[str, ...] = (), **more: Draw) -> Recipe:
    """What takes what a module takes."""
    found = _MODULES[module]
    others = {key: how for key, how in found.others.items() if key not in without} | more
    needed = {key: how for key, how in found.needed.items() if key not in without}
    return Recipe(name, needed, others, found.inputs, functional=True)


def _plain(name: str, inputs: Draw = any_shape, **others: Draw) -> Recipe:
    return Recipe(name, {}, others, inputs, functional=True)


_PLACE = one_of(False)
_SAME = (
    ("relu", "ReLU"),
    ("relu6", "ReLU6"),
    ("selu", "SELU"),
    ("silu", "SiLU"),
    ("mish", "Mish"),
    ("hardswish", "Hardswish"),
    ("hardsigmoid", "Hardsigmoid"),
    ("tanh", "Tanh"),
    ("sigmoid", "Sigmoid"),
    ("softsign", "Softsign"),
    ("tanhshrink", "Tanhshrink"),
    ("logsigmoid", "LogSigmoid"),
    ("leaky_relu", "LeakyReLU"),
    ("elu", "ELU"),
    ("celu", "CELU"),
    ("gelu", "GELU"),
    ("softplus", "Softplus"),
    ("hardshrink", "Hardshrink"),
    ("softshrink", "Softshrink"),
    ("threshold", "Threshold"),
    ("hardtanh", "Hardtanh"),
    ("glu", "GLU"),
    ("softmax", "Softmax"),
    ("softmin", "Softmin"),
    ("log_softmax", "LogSoftmax"),
    ("pixel_shuffle", "PixelShuffle"),
    ("pixel_unshuffle", "PixelUnshuffle"),
    ("channel_shuffle", "ChannelShuffle"),
    ("local_response_norm", "LocalResponseNorm"),
)
_OVER = ("relu_", "selu_")
_NUMBERED = (("leaky_relu_", "LeakyReLU"), ("elu_", "ELU"), ("celu_", "CELU"))

_ACTIVATIONS = [
    *[_like(name, module) for name, module in _SAME],
    *[_plain(name) for name in _OVER],
    *[_like(name, module, ("inplace",)) for name, module in _NUMBERED],
    _like("threshold_", "Threshold", ("inplace",)),
    _like("hardtanh_", "Hardtanh", ("inplace",)),
    _like("rrelu", "RReLU", training=one_of(False)),
    _like("rrelu_", "RReLU", ("inplace",), training=one_of(False)),
    _plain("gumbel_softmax", at_least_three, tau=NUMBER, hard=flag(), eps=EPS, dim=one_of(-1, 1)),
]

_TRAINING = one_of(True, False)
_NOISE = [
    _like(name, module, training=_TRAINING)
    for name, module in (
        ("dropout", "Dropout"),
        ("alpha_dropout", "AlphaDropout"),
        ("feature_alpha_dropout", "FeatureAlphaDropout"),
        *[(f"dropout{rank}d", f"Dropout{rank}d") for rank in RANKS],
    )
]


def _pools(rank: int) -> list[Recipe]:
    return [
        _like(f"max_pool{rank}d", f"MaxPool{rank}d"),
        _like(f"avg_pool{rank}d", f"AvgPool{rank}d"),
        _like(f"lp_pool{rank}d", f"LPPool{rank}d"),
        _like(f"adaptive_max_pool{rank}d", f"AdaptiveMaxPool{rank}d"),
        _like(f"adaptive_avg_pool{rank}d", f"AdaptiveAvgPool{rank}d"),
    ]


def _kernel(random: Random, values: Values) -> dict[str, Shape]:
    """The weight and, perhaps, a bias, for the sizes that were drawn."""
    shape = (values["_out"], values["_in"] // values["_groups"], *values["_kernel"])
    if values.get("_transposed"):
        shape = (values["_in"], values["_out"] // values["_groups"], *values["_kernel"])
    made: dict[str, Shape] = {"weight": shape}
    if random.random() < 0.5:
        made["bias"] = (values["_out"],)
    return made


def _convolutions(rank: int) -> list[Recipe]:
    hidden = {
        "_groups": one_of(1, 1, 2, 3),
        "_in": multiple_of("_groups"),
        "_out": multiple_of("_groups"),
        "_kernel": lambda random, values: tuple([random.randint(1, 3) for _ in range(rank)]),
    }

    def groups(random: Random, values: Values) -> int:
        found: int = values["_groups"]
        return found

    def inputs(random: Random, values: Values) -> list[Shape]:
        found: list[Shape] = images(rank, values["_in"], 5)(random, values)
        return found

    stride, dilation = per_axis(rank, 1, 2), per_axis(rank, 1, 2)
    return [
        Recipe(
            f"conv{rank}d",
            hidden,
            {"stride": stride, "padding": paddings(rank), "dilation": dilation, "groups": groups},
            inputs,
            _kernel,
            functional=True,
        ),
        Recipe(
            f"conv_transpose{rank}d",
            {**hidden, "_transposed": one_of(True)},
            {
                "stride": stride,
                "padding": per_axis(rank, 0, 2),
                "output_padding": per_axis(rank, 0, 1),
                "groups": groups,
                "dilation": dilation,
            },
            inputs,
            _kernel,
            functional=True,
        ),
    ]


def _matrix(random: Random, values: Values) -> dict[str, Shape]:
    made: dict[str, Shape] = {"weight": (values["_out"], values["_in"])}
    if random.random() < 0.5:
        made["bias"] = (values["_out"],)
    return made


def _rows(random: Random, values: Values) -> list[Shape]:
    middle = [random.randint(1, 4) for _ in range(random.randint(0, 2))]
    return [(BATCH, *middle, values["_in"])]


_SIZES = {"_in": integer(1, 5), "_out": integer(1, 5)}


def _attended(random: Random, values: Values) -> list[Shape]:
    heads, keys, width = random.randint(1, 3), random.randint(1, 5), random.randint(1, 5)
    rows = random.randint(1, 5)
    value = random.randint(1, 5)
    return [(BATCH, heads, rows, width), (BATCH, heads, keys, width), (BATCH, heads, keys, value)]


_CORE = [
    Recipe("linear", _SIZES, {}, _rows, _matrix, functional=True),
    Recipe(
        "embedding",
        _SIZES,
        {"padding_idx": one_of(0), "norm_type": NUMBER, "scale_grad_by_freq": flag()},
        tokens,
        lambda random, values: {"weight": (values["_in"], values["_out"])},
        whole=True,
        functional=True,
    ),
    Recipe(
        "prelu",
        {},
        {},
        images(2, 4),
        lambda random, values: {"weight": (random.choice((1, 4)),)},
        functional=True,
    ),
    Recipe(
        "scaled_dot_product_attention",
        {},
        {"dropout_p": one_of(0.0), "scale": NUMBER, "is_causal": flag()},
        _attended,
        functional=True,
    ),
]


def _scaled(channels: int) -> Draw:
    """A scale and a centre, or a scale, or nothing."""

    def drawn(random: Random, values: Values) -> dict[str, Shape]:
        shape: Shape = (channels,)
        if "normalized_shape" in values:
            given = values["normalized_shape"]
            shape = tuple(given)
        names = random.choice(((), ("weight",), ("weight", "bias")))
        return dict.fromkeys(names, shape)

    return drawn


def _scale(random: Random, values: Values) -> dict[str, Shape]:
    found: dict[str, Shape] = _scaled(0)(random, values)
    return {"weight": found["weight"]} if "weight" in found else {}


_SHAPE = {"normalized_shape": lambda random, values: [random.randint(1, 5) for _ in range(2)]}


def _trailing(random: Random, values: Values) -> list[Shape]:
    return [(BATCH, *[random.randint(1, 4) for _ in range(2)], *values["normalized_shape"])]


def _norms(rank: int) -> list[Recipe]:
    given = _scaled(4)
    statistics = {"running_mean": one_of(None), "running_var": one_of(None)}
    others = {"eps": EPS, "momentum": one_of(0.2)}
    return [
        Recipe(
            "batch_norm",
            {**statistics, "training": one_of(True)},
            others,
            images(rank, 4),
            given,
            functional=True,
        ),
        Recipe(
            "instance_norm",
            {},
            {**statistics, **others, "use_input_stats": one_of(True)},
            images(rank, 4),
            given,
            functional=True,
        ),
        Recipe(
            "group_norm",
            {"num_groups": one_of(1, 2, 4)},
            {"eps": EPS},
            images(rank, 4),
            given,
            functional=True,
        ),
    ]


_POWER = one_of(1.0, 2.0, 3.0, Raw("float('inf')"))
_NORMS = [
    *[one for rank in RANKS for one in _norms(rank)],
    Recipe("layer_norm", _SHAPE, {"eps": EPS}, _trailing, _scaled(0), functional=True),
    Recipe("rms_norm", _SHAPE, {"eps": EPS}, _trailing, _scale, functional=True),
    _plain("normalize", at_least_three, p=_POWER, dim=one_of(1, -1, (1, 2)), eps=EPS),
]


def _pad_amounts(random: Random, values: Values) -> tuple[int, ...]:
    least = 0 if values["_mode"] == "reflect" else -1
    return tuple([random.randint(least, 2) for _ in range(2 * random.randint(1, 2))])


def _padded(random: Random, values: Values) -> list[Shape]:
    return images(len(values["pad"]) // 2, 3, 4)(random, values)


_BORDERS = Recipe(
    "pad",
    {"_mode": one_of("constant", "reflect", "replicate", "circular"), "pad": _pad_amounts},
    {"mode": lambda random, values: values["_mode"], "value": NUMBER},
    _padded,
    functional=True,
)


def _resized(random: Random, values: Values) -> list[Shape]:
    return images(values["_rank"], 3, 4)(random, values)


_RANK = {"_rank": integer(1, 3)}
_WAYS = {"mode": resizing, "align_corners": flag()}
_EXACT = {"recompute_scale_factor": one_of(None, True), "antialias": flag()}
_CORNERS = {"align_corners": flag()}
_SMOOTH = {**_CORNERS, "antialias": flag()}
_FACTOR = {"scale_factor": one_of(2, 3, 0.5, 1.5, 1.3, 0.7)}
_TWO = ("upsample_nearest", "upsample_bilinear")
_RESIZING = [
    *[
        Recipe(name, {key: how}, {}, images(2), functional=True)
        for name in _TWO
        for key, how in (("size", one_of(5, (4, 7))), ("scale_factor", one_of(2, 1.5)))
    ],
    Recipe("interpolate", {**_RANK, **_FACTOR}, {**_WAYS, **_EXACT}, _resized, functional=True),
    Recipe(
        "interpolate", {**_RANK, "size": target}, {**_WAYS, **_EXACT}, _resized, functional=True
    ),
    Recipe("upsample", {**_RANK, **_FACTOR}, _WAYS, _resized, functional=True),
    Recipe(
        "upsample", {**_RANK, "size": target, "mode": smooth}, _CORNERS, _resized, functional=True
    ),
    Recipe(
        "interpolate", {**_RANK, "size": target, "mode": smooth}, _SMOOTH, _resized, functional=True
    ),
    Recipe("upsample", {**_RANK, "size": target}, _WAYS, _resized, functional=True),
]

RECIPES = (
    *_ACTIVATIONS,
    *_NOISE,
    *[one for rank in RANKS for one in _pools(rank)],
    *[one for rank in RANKS for one in _convolutions(rank)],
    *_CORE,
    *_NORMS,
    _BORDERS,
    *_RESIZING,
)
