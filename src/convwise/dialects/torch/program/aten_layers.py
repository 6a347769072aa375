"""ATen's convolutions, pools, norms and activations as functions of torch.nn.functional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.torch.program.told import Told, UntranslatedError

Translate = Callable[[Told], object]

_MODES: Final = ("bilinear", "nearest", "bicubic")
_BORDERS: Final = ("zeros", "border", "reflection")


def _convolution(told: Told) -> object:
    """The one convolution of core ATen: its rank is that of its stride."""
    rank = told.rank("weight") - 2
    given = {
        key: told.get(key) for key in ("input", "weight", "bias", "stride", "padding", "dilation")
    }
    given["groups"] = told.get("groups")
    if told.get("transposed"):
        added = told.get("output_padding")
        return told.as_function(f"conv_transpose{rank}d", output_padding=added, **given)
    return told.as_function(f"conv{rank}d", **given)


def _embedding(told: Told) -> object:
    return told.as_function("embedding", input=told.get("indices"), weight=told.get("weight"))


def _dropout(told: Told) -> object:
    source = told.get("input", told.get("self"))
    return told.as_function("dropout", input=source, p=told.get("p"))


def _feature_dropout(told: Told) -> object:
    """Whole channels: Dropout1d to 3d by the number of axes."""
    key = "input" if "input" in told.given else "self"
    rank = min(max(told.rank(key) - 2, 1), 3)
    return told.as_function(f"dropout{rank}d", input=told.get(key), p=told.get("p"))


def _batch_norm(told: Told) -> object:
    names = ("input", "weight", "bias", "running_mean", "running_var", "momentum", "eps")
    return told.as_function("batch_norm", **{name: told.get(name) for name in names})


def _instance_norm(told: Told) -> object:
    names = ("input", "weight", "bias", "use_input_stats", "momentum", "eps")
    return told.as_function("instance_norm", **{name: told.get(name) for name in names})


def _group_norm(told: Told) -> object:
    groups = told.get("num_groups", told.get("group"))
    names = ("input", "weight", "bias", "eps")
    given = {name: told.get(name) for name in names}
    return told.as_function("group_norm", num_groups=groups, **given)


def _layer_norm(told: Told) -> object:
    names = ("input", "normalized_shape", "weight", "bias", "eps")
    return told.as_function("layer_norm", **{name: told.get(name) for name in names})


def _rms_norm(told: Told) -> object:
    names = ("input", "normalized_shape", "weight", "eps")
    return told.as_function("rms_norm", **{name: told.get(name) for name in names})


def _max_pool(told: Told) -> object:
    name = told.name.removesuffix("_with_indices")
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    given = {key: told.get(key) for key in names}
    wanted = told.indices or None
    return told.as_function(name, input=told.tensor(), return_indices=wanted, **given)


def _adaptive_max_pool(told: Told) -> object:
    wanted = told.indices or None
    size = told.get("output_size")
    return told.as_function(told.name, input=told.tensor(), output_size=size, return_indices=wanted)


def _interpolated(told: Told) -> object:
    """upsample_nearest2d.vec and all its relatives."""
    name = told.name.strip("_").removeprefix("upsample_")
    antialias = name.endswith("_aa")
    mode = name.removesuffix("_aa")[:-2]
    if mode == "nearest_exact":
        mode = "nearest-exact"
    size = told.get("output_size")
    source = told.get("input", told.get("self"))
    given: dict[str, Any] = {"input": source, "mode": mode, "antialias": antialias or None}
    if size:
        given["size"] = size
    else:
        given["scale_factor"] = tuple(told.get("scale_factors", ()))
    if told.get("align_corners"):
        given["align_corners"] = True
    return told.as_function("interpolate", **given)


def _padded(mode: str) -> Translate:
    def translate(told: Told) -> object:
        pad, value = told.get("pad", told.get("padding")), told.get("value")
        return told.as_function("pad", input=told.tensor(), pad=pad, mode=mode, value=value)

    return translate


def _attention(told: Told) -> object:
    mask = told.get("attn_mask", told.get("attn_bias"))
    names = ("query", "key", "value", "dropout_p", "is_causal", "scale", "enable_gqa")
    given = {name: told.get(name) for name in names}
    return told.as_function("scaled_dot_product_attention", attn_mask=mask, **given)


def _elu(told: Told) -> object:
    scale, alpha = told.get("scale", 1), told.get("alpha", 1)
    if told.get("input_scale", 1) != 1:
        raise UntranslatedError("elu of a scaled input")
    if scale != 1:
        if abs(scale - 1.0507009873554805) < 1e-9 and abs(alpha - 1.6732632423543772) < 1e-9:
            return told.as_function("selu", input=told.tensor())
        raise UntranslatedError("elu with a scale")
    return told.as_function("elu", input=told.tensor(), alpha=alpha)


def _log_sigmoid(told: Told) -> object:
    return told.as_function("logsigmoid", input=told.tensor())


def _prelu(told: Told) -> object:
    return told.as_function("prelu", input=told.tensor(), weight=told.get("weight"))


def _rrelu(told: Told) -> object:
    lower, upper = told.get("lower"), told.get("upper")
    return told.as_function("rrelu", input=told.tensor(), lower=lower, upper=upper)


def _grid_sample(told: Told) -> object:
    return told.as_function(
        "grid_sample",
        input=told.get("input"),
        grid=told.get("grid"),
        mode=_MODES[told.get("interpolation_mode", 0)],
        padding_mode=_BORDERS[told.get("padding_mode", 0)],
        align_corners=told.get("align_corners"),
    )


def _affine_grid(told: Told) -> object:
    return told.as_function(
        "affine_grid",
        theta=told.get("theta"),
        size=told.get("size"),
        align_corners=told.get("align_corners"),
    )


def _fold(told: Told) -> object:
    names = ("output_size", "kernel_size", "dilation", "padding", "stride")
    given = {name: told.get(name) for name in names}
    return told.as_function("fold", input=told.tensor(), **given)


def _pointwise(name: str, **renamed: str) -> Translate:
    """An activation whose numbers have other names in ATen."""

    def translate(told: Told) -> object:
        given = {ours: told.get(theirs) for theirs, ours in renamed.items()}
        return told.as_function(name, input=told.tensor(), **given)

    return translate


_NORMS = (
    "batch_norm",
    "native_batch_norm",
    "cudnn_batch_norm",
    "_native_batch_norm_legit",
    "_native_batch_norm_legit_functional",
    "_native_batch_norm_legit_no_training",
    "_batch_norm_no_update",
    "_batch_norm_with_update",
    "_batch_norm_with_update_functional",
)
_RESIZED = (
    "upsample_nearest1d",
    "upsample_nearest2d",
    "upsample_nearest3d",
    "_upsample_nearest_exact1d",
    "_upsample_nearest_exact2d",
    "_upsample_nearest_exact3d",
    "upsample_linear1d",
    "upsample_bilinear2d",
    "_upsample_bilinear2d_aa",
    "upsample_bicubic2d",
    "_upsample_bicubic2d_aa",
    "upsample_trilinear3d",
)
_ATTENTIONS = (
    "scaled_dot_product_attention",
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_cudnn_attention",
    "_scaled_dot_product_attention_math",
)

OPERATIONS: Final[dict[str, Translate]] = {
    "convolution": _convolution,
    "_convolution": _convolution,
    "embedding": _embedding,
    "dropout": _dropout,
    "native_dropout": _dropout,
    "feature_dropout": _feature_dropout,
    **dict.fromkeys(_NORMS, _batch_norm),
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "native_group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "native_layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "_fused_rms_norm": _rms_norm,
    **dict.fromkeys([f"max_pool{n}d" for n in (1, 2, 3)], _max_pool),
    **dict.fromkeys([f"max_pool{n}d_with_indices" for n in (1, 2, 3)], _max_pool),
    **dict.fromkeys([f"adaptive_max_pool{n}d" for n in (1, 2, 3)], _adaptive_max_pool),
    **dict.fromkeys(_RESIZED, _interpolated),
    "constant_pad_nd": _padded("constant"),
    **dict.fromkeys([f"reflection_pad{n}d" for n in (1, 2, 3)], _padded("reflect")),
    **dict.fromkeys([f"replication_pad{n}d" for n in (1, 2, 3)], _padded("replicate")),
    "_pad_circular": _padded("circular"),
    **dict.fromkeys(_ATTENTIONS, _attention),
    "elu": _elu,
    "log_sigmoid_forward": _log_sigmoid,
    "prelu": _prelu,
    "_prelu_kernel": _prelu,
    "rrelu": _rrelu,
    "grid_sampler": _grid_sample,
    "grid_sampler_2d": _grid_sample,
    "grid_sampler_3d": _grid_sample,
    "affine_grid_generator": _affine_grid,
    "col2im": _fold,
    "leaky_relu": _pointwise("leaky_relu", negative_slope="negative_slope"),
    "celu": _pointwise("celu", alpha="alpha"),
    "native_channel_shuffle": _pointwise("channel_shuffle", groups="groups"),
}
