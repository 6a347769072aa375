"""How each of PyTorch's layers with weights was made, from the operations that it ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from convwise.dialects.torch.program.attention import attention
from convwise.dialects.torch.program.group import Group, Made, NotAloneError, entry_name, named
from convwise.dialects.torch.program.neutral import Call, Ref
from convwise.dialects.torch.program.recurrent import recurrent, recurrent_cell

Rebuild = Callable[[Group], Made]

_NORMS: Final = (
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
#: How ATen numbers the ways to join a bag.
_BAGS: Final = ("sum", "mean", "max")
_PARAMETRIZATIONS: Final = "parametrizations."
_SCALED: Final = ("weight_norm", "_weight_norm")


def rebuilt(group: Group) -> Made:
    """What a module was made with and called on. NotAloneError where that is not told."""
    name = entry_name(group.module)
    found = _LAYERS.get(name or "")
    if found is None:
        raise NotAloneError
    return found(group)


def _sizes(value: Any, rank: int, default: int) -> tuple[int, ...]:
    """Numbers per axis: one number, or none, stands for all."""
    listed = value if type(value) is list else [default if value is None else value]
    if not listed:
        listed = [default]
    if not all(type(one) is int for one in listed):
        raise NotAloneError
    return tuple(listed * rank) if len(listed) == 1 else tuple(listed)


def _convolution(group: Group) -> Made:
    names = [f"conv{n}d" for n in (1, 2, 3)] + [f"conv_transpose{n}d" for n in (1, 2, 3)]
    call = group.first("convolution", *names)
    given = call.arguments
    weights, shape = _kernel(group, call)
    rank = len(shape) - 2
    bias = group.parameter(given.get("bias"))
    groups = given.get("groups", 1)
    turned = call.name.startswith("conv_transpose") or given.get("transposed") is True
    if rank not in (1, 2, 3) or type(groups) is not int:
        raise NotAloneError
    padding = given.get("padding")
    arguments: dict[str, Any] = {
        "in_channels": shape[0] if turned else shape[1] * groups,
        "out_channels": shape[1] * groups if turned else shape[0],
        "kernel_size": shape[2:],
        "stride": _sizes(given.get("stride"), rank, 1),
        "padding": padding if type(padding) is str else _sizes(padding, rank, 0),
        "dilation": _sizes(given.get("dilation"), rank, 1),
        "groups": groups,
        "bias": bias is not None,
    }
    if turned:
        arguments["output_padding"] = _sizes(given.get("output_padding"), rank, 0)
    elif group.has("pad"):
        arguments.update(_border(group.first("pad"), arguments, rank))
    elif len([one for one in group.calls if one.name not in _SCALED]) > 1:
        # What pads by indices, as decompositions do, is not one of its own arguments.
        _must_be_plain(group, call)
    return Made(
        arguments,
        {**weights, **named({"bias": bias})},
        {"input": group.only_input()},
        group.only_output(),
    )


def _kernel(group: Group, call: Call) -> tuple[dict[str, str], tuple[int, ...]]:
    """The kernel's parameter and shape; of a weight_norm the direction and the gain."""
    value = call.arguments.get("weight")
    maker = group.makers.get(value.name) if type(value) is Ref else None
    if maker is None:
        name, shape = group.weight(value)
        return {"weight": name}, shape
    if maker.name != "_weight_norm":
        raise NotAloneError
    direction, shape = group.weight(maker.arguments.get("v"))
    gain, _ = group.weight(maker.arguments.get("g"))
    return {_own_name(group, direction): direction, _own_name(group, gain): gain}, shape


def _own_name(group: Group, name: str) -> str:
    """What a layer calls a parameter that a weight_norm has made."""
    path = group.program.parameters[name]
    _, found, tail = path.rpartition(_PARAMETRIZATIONS)
    return f"{found}{tail}" if found else path.rpartition(".")[2]


def _border(pad: Call, arguments: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """The padding of a convolution whose border is not zeros: F.pad counts from the last axis."""
    amounts, mode = pad.arguments.get("pad"), pad.arguments.get("mode", "constant")
    if type(amounts) is not list or len(amounts) != 2 * rank:
        raise NotAloneError
    pairs = [(amounts[2 * n], amounts[2 * n + 1]) for n in range(rank)][::-1]
    mode = "zeros" if mode == "constant" else mode
    if all(before == after for before, after in pairs):
        return {"padding": tuple([one for one, _ in pairs]), "padding_mode": mode}
    windows = zip(arguments["kernel_size"], arguments["dilation"], strict=True)
    totals = [(size - 1) * apart for size, apart in windows]
    if pairs != [(total // 2, total - total // 2) for total in totals]:
        raise NotAloneError
    return {"padding": "same", "padding_mode": mode}


def _must_be_plain(group: Group, call: Call) -> None:
    """Only batches of one may be around a convolution: unsqueeze and squeeze."""
    around = ("unsqueeze", "squeeze", "view", "contiguous", "clone", "detach")
    for one in group.calls:
        if one is not call and one.name not in (*_SCALED, *around):
            raise NotAloneError


def _linear(group: Group) -> Made:
    flat = [name for name in group.parameters() if len(group.shape(name)) == 2]
    rows = [name for name in group.parameters() if len(group.shape(name)) == 1]
    weights: dict[str, str] = {}
    if group.has("_weight_norm"):
        raise NotAloneError
    if len(flat) != 1 or len(rows) > 1:
        raise NotAloneError
    units, width = group.shape(flat[0])
    weights["weight"] = flat[0]
    if rows:
        weights["bias"] = rows[0]
    arguments = {"in_features": width, "out_features": units, "bias": bool(rows)}
    return Made(arguments, weights, {"input": group.only_input()}, group.only_output())


def _affine(group: Group, call: Call) -> dict[str, str]:
    """The scale and the centre of a norm."""
    weight, bias = call.arguments.get("weight"), call.arguments.get("bias")
    return named({"weight": group.parameter(weight), "bias": group.parameter(bias)})


def _batch_norm(group: Group) -> Made:
    return _batch_norm_of(group, group.first(*_NORMS))


def _channels(group: Group, call: Call, weights: Mapping[str, str]) -> int:
    if "weight" in weights:
        return group.shape(weights["weight"])[0]
    source = group.only_input()
    shape = group.tensors[source.name].shape
    size = shape[1] if len(shape) > 1 else None
    if type(size) is not int:
        raise NotAloneError
    return size


def _instance_norm(group: Group) -> Made:
    return _batch_norm_of(group, group.first("instance_norm"))


def _batch_norm_of(group: Group, call: Call) -> Made:
    weights = _affine(group, call)
    arguments = {
        "num_features": _channels(group, call, weights),
        "eps": call.arguments.get("eps", 1e-5),
        # Without a momentum PyTorch passes 0.
        "momentum": call.arguments.get("momentum", 0.1) or None,
        "affine": "weight" in weights,
        "track_running_stats": call.arguments.get("running_mean") is not None,
    }
    if "weight" in weights:
        arguments["bias"] = "bias" in weights
    return Made(arguments, weights, {"input": group.only_input()}, group.only_output())


def _group_norm(group: Group) -> Made:
    call = group.first("group_norm", "native_group_norm")
    weights = _affine(group, call)
    arguments = {
        "num_groups": call.arguments.get("num_groups", call.arguments.get("group")),
        "num_channels": _channels(group, call, weights),
        "eps": call.arguments.get("eps", 1e-5),
        "affine": "weight" in weights,
    }
    if "weight" in weights:
        arguments["bias"] = "bias" in weights
    return Made(arguments, weights, {"input": group.only_input()}, group.only_output())


def _layer_norm(group: Group) -> Made:
    call = group.first("layer_norm", "native_layer_norm")
    weights = _affine(group, call)
    arguments = {
        "normalized_shape": call.arguments.get("normalized_shape"),
        "eps": call.arguments.get("eps", 1e-5),
        "elementwise_affine": "weight" in weights,
    }
    if "weight" in weights:
        arguments["bias"] = "bias" in weights
    return Made(arguments, weights, {"input": group.only_input()}, group.only_output())


def _rms_norm(group: Group) -> Made:
    call = group.first("rms_norm", "_fused_rms_norm")
    weight = group.parameter(call.arguments.get("weight"))
    arguments = {
        "normalized_shape": call.arguments.get("normalized_shape"),
        "eps": call.arguments.get("eps"),
        "elementwise_affine": weight is not None,
    }
    weights = named({"weight": weight})
    return Made(arguments, weights, {"x": group.only_input()}, group.only_output())


def _prelu(group: Group) -> Made:
    found = group.parameters()
    if len(found) != 1:
        raise NotAloneError
    shape = group.shape(found[0])
    arguments = {"num_parameters": shape[0] if shape else 1}
    inputs = {"input": group.only_input()}
    return Made(arguments, {"weight": found[0]}, inputs, group.only_output())


def _embedding(group: Group) -> Made:
    call = group.first("embedding")
    name, shape = group.weight(call.arguments.get("weight"))
    if len(shape) != 2:
        raise NotAloneError
    arguments = {"num_embeddings": shape[0], "embedding_dim": shape[1]}
    inputs = {"input": call.arguments.get("indices")}
    return Made(arguments, {"weight": name}, inputs, group.only_output())


def _embedding_bag(group: Group) -> Made:
    """Bags of one length: two axes of indices in a row, and offsets that the module makes."""
    call = group.first("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only")
    given = call.arguments
    name, shape = group.weight(given.get("weight"))
    offsets, mode = given.get("offsets"), given.get("mode", 0)
    maker = group.makers.get(offsets.name) if type(offsets) is Ref else None
    indices = group.source(given.get("indices"), "reshape", "view", "_unsafe_view", "clone")
    few = given.get("per_sample_weights") is None and len(shape) == 2
    if maker is None or maker.name != "arange" or not few or mode not in (0, 1, 2):
        raise NotAloneError
    if len(group.tensors[indices.name].shape) != 2:
        raise NotAloneError
    arguments = {"num_embeddings": shape[0], "embedding_dim": shape[1], "mode": _BAGS[mode]}
    first = call.outputs[0]
    if not isinstance(first, str) or not set(group.used) <= {first}:
        raise NotAloneError
    return Made(arguments, {"weight": name}, {"input": indices}, (first,))


def _bilinear(group: Group) -> Made:
    call = group.first("bilinear")
    name, shape = group.weight(call.arguments.get("weight"))
    bias = group.parameter(call.arguments.get("bias"))
    if len(shape) != 3:
        raise NotAloneError
    sizes = {"out_features": shape[0], "in1_features": shape[1], "in2_features": shape[2]}
    inputs = {key: call.arguments.get(key) for key in ("input1", "input2")}
    weights = {"weight": name, **named({"bias": bias})}
    return Made({**sizes, "bias": bias is not None}, weights, inputs, group.only_output())


def _response_norm(group: Group) -> Made:
    """Pads, averages over neighbours, times alpha, plus k, to the power of beta."""
    pool = group.first("avg_pool2d", "avg_pool3d").arguments.get("kernel_size")
    numbers = {}
    for name, key in (("mul", "other"), ("add", "other"), ("pow", "exponent")):
        calls = [one for one in group.calls if one.name == name]
        values = [one.arguments.get(key) for one in calls]
        found = [one for one in values if type(one) in (int, float)]
        if len(found) != 1:
            raise NotAloneError
        numbers[name] = found[0]
    if type(pool) is not list or not pool:
        raise NotAloneError
    arguments = {
        "size": max(pool),
        "alpha": numbers["mul"],
        "k": numbers["add"],
        "beta": numbers["pow"],
    }
    return Made(arguments, {}, {"input": group.only_input()}, group.only_output())


def _padding(group: Group) -> Made:
    """The modules that pad: their class says how, the operation how much."""
    call = group.first("pad")
    amounts = call.arguments.get("pad")
    if type(amounts) is not list:
        raise NotAloneError
    arguments: dict[str, Any] = {"padding": tuple(amounts)}
    if group.module.short.startswith("Constant"):
        arguments["value"] = call.arguments.get("value") or 0.0
    return Made(arguments, {}, {"input": group.only_input()}, group.only_output())


def _norm_pool(group: Group) -> Made:
    """LPPool: powers are averaged over a window, times its size, and the root is taken."""
    call = group.first(*[f"avg_pool{n}d" for n in (1, 2, 3)])
    powers = [one.arguments.get("exponent") for one in group.calls if one.name == "pow"]
    if not powers or type(powers[0]) not in (int, float):
        raise NotAloneError
    arguments = {
        "norm_type": powers[0],
        "kernel_size": tuple(call.arguments.get("kernel_size", ())),
        "stride": tuple(call.arguments.get("stride") or ()) or None,
        "ceil_mode": call.arguments.get("ceil_mode") is True,
    }
    return Made(arguments, {}, {"input": group.only_input()}, group.only_output())


#: Modules that pad.
_PADS: Final = ("ZeroPad", "ConstantPad", "ReflectionPad", "ReplicationPad", "CircularPad")


def _bare(group: Group) -> Made:
    """An activation without numbers, also where it has been taken apart."""
    source, outputs = group.only_input(), group.only_output()
    if group.parameters() or group.tensors[source.name].shape != group.tensors[outputs[0]].shape:
        raise NotAloneError
    in_place = group.calls[-1].name.endswith("_")
    return Made({"inplace": True} if in_place else {}, {}, {"input": source}, outputs)


#: Activations that are told by their class alone.
_BARE: Final = (
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Mish",
    "Hardswish",
    "Hardsigmoid",
    "Tanh",
    "Sigmoid",
    "Softsign",
    "Tanhshrink",
    "LogSigmoid",
)

_LAYERS: Final[Mapping[str, Rebuild]] = {
    **{f"Conv{n}d": _convolution for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": _convolution for n in (1, 2, 3)},
    "Linear": _linear,
    **{f"BatchNorm{n}d": _batch_norm for n in (1, 2, 3)},
    "SyncBatchNorm": _batch_norm,
    **{f"InstanceNorm{n}d": _instance_norm for n in (1, 2, 3)},
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "RMSNorm": _rms_norm,
    "LocalResponseNorm": _response_norm,
    "PReLU": _prelu,
    "Embedding": _embedding,
    "EmbeddingBag": _embedding_bag,
    "Bilinear": _bilinear,
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent),
    **dict.fromkeys(("LSTMCell", "GRUCell", "RNNCell"), recurrent_cell),
    **{f"{name}{n}d": _padding for name in _PADS for n in (1, 2, 3)},
    **{f"LPPool{n}d": _norm_pool for n in (1, 2, 3)},
    **dict.fromkeys(_BARE, _bare),
    "MultiheadAttention": attention,
}
