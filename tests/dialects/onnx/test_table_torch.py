"""The same operation from an ONNX node and from PyTorch's code is the same network."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from convwise.dialects.torch.read_code import read_code
from convwise.graph.canonical import canonical, first_difference
from convwise.graph.nodes import Graph
from tests.dialects.onnx.single import normal, single

_RANDOM = np.random.default_rng(5)
IMAGE, VOLUME, SOUND, ROWS = (4, 9, 8), (2, 5, 6, 7), (4, 12), (6, 8)


def _weights(**shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {name: normal(_RANDOM, *shape) for name, shape in shapes.items()}


def _whole(**values: list[int]) -> dict[str, np.ndarray]:
    return {name: np.array(one, np.int64) for name, one in values.items()}


def _floats(**values: float | list[float]) -> dict[str, np.ndarray]:
    return {name: np.array(one, np.float32) for name, one in values.items()}


class Same(NamedTuple):
    """A node on an input of a shape, and the expression of PyTorch that it is."""

    code: str
    operator: str
    shape: tuple[int, ...]
    held: dict[str, np.ndarray] | None = None
    attributes: dict[str, Any] | None = None
    inputs: tuple[str, ...] | None = None


def _normal_of(*names: str) -> dict[str, np.ndarray]:
    return _weights(**dict.fromkeys(names, (4,)))


_TWO = _normal_of("s", "b")
_BORDER = _whole(p=[0, 0, 1, 1, 0, 0, 1, 1])
_EDGE = {**_whole(p=[1, -2]), **_floats(v=0.5), **_whole(a=[3])}
SAMES = (
    Same("nn.Conv2d(4, 6, 3)(x)", "Conv", IMAGE, _weights(w=(6, 4, 3, 3), b=(6,))),
    Same(
        "nn.Conv2d(4, 8, (3, 2), (2, 1), (1, 0), (1, 2), groups=2, bias=False)(x)",
        "Conv",
        IMAGE,
        _weights(w=(8, 2, 3, 2)),
        {"strides": [2, 1], "pads": [1, 0, 1, 0], "dilations": [1, 2], "group": 2},
    ),
    Same(
        "nn.Conv2d(4, 6, 4, padding='same')(x)",
        "Conv",
        IMAGE,
        _weights(w=(6, 4, 4, 4), b=(6,)),
        {"auto_pad": "SAME_UPPER"},
    ),
    Same("nn.Conv1d(4, 6, 3)(x)", "Conv", SOUND, _weights(w=(6, 4, 3), b=(6,))),
    Same("nn.Conv3d(2, 3, 3)(x)", "Conv", VOLUME, _weights(w=(3, 2, 3, 3, 3), b=(3,))),
    Same(
        "nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=1, groups=2)(x)",
        "ConvTranspose",
        IMAGE,
        _weights(w=(4, 3, 3, 3), b=(6,)),
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1], "group": 2},
    ),
    Same(
        "nn.MaxPool2d(3, 2, 1, ceil_mode=True)(x)",
        "MaxPool",
        IMAGE,
        None,
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1},
    ),
    Same(
        "nn.AvgPool2d(3, 2, 1)(x)",
        "AveragePool",
        IMAGE,
        None,
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4, "count_include_pad": 1},
    ),
    Same("nn.AdaptiveAvgPool2d(1)(x)", "GlobalAveragePool", IMAGE),
    Same("nn.AdaptiveMaxPool3d(1)(x)", "GlobalMaxPool", VOLUME),
    Same(
        "nn.BatchNorm2d(4)(x)",
        "BatchNormalization",
        IMAGE,
        {**_normal_of("s", "b", "m"), "v": np.ones(4, np.float32)},
    ),
    Same(
        "nn.InstanceNorm2d(4, affine=True)(x)", "InstanceNormalization", IMAGE, _normal_of("s", "b")
    ),
    Same(
        "nn.GroupNorm(2, 4)(x)",
        "GroupNormalization",
        IMAGE,
        _normal_of("s", "b"),
        {"num_groups": 2},
    ),
    Same("nn.LayerNorm(8)(x)", "LayerNormalization", ROWS, _weights(s=(8,), b=(8,))),
    Same(
        "nn.LayerNorm((6, 8))(x)",
        "LayerNormalization",
        ROWS,
        _weights(s=(6, 8), b=(6, 8)),
        {"axis": 1},
    ),
    Same("nn.LocalResponseNorm(3)(x)", "LRN", IMAGE, None, {"size": 3}),
    Same("nn.Linear(8, 5)(x)", "Gemm", (8,), _weights(w=(5, 8), b=(5,)), {"transB": 1}),
    Same("nn.Linear(8, 5)(x)", "Gemm", (8,), _weights(w=(8, 5), b=(5,))),
    Same("nn.Linear(8, 5, bias=False)(x)", "MatMul", ROWS, _weights(w=(8, 5))),
    Same("nn.ReLU()(x)", "Relu", IMAGE),
    Same("nn.ReLU6()(x)", "Clip", IMAGE, _floats(a=0.0, b=6.0)),
    Same("x.clamp(-1, 2)", "Clip", IMAGE, _floats(a=-1.0, b=2.0)),
    Same("nn.LeakyReLU(0.2)(x)", "LeakyRelu", IMAGE, None, {"alpha": 0.2}),
    Same("nn.PReLU(4)(x)", "PRelu", IMAGE, _weights(a=(4, 1, 1))),
    Same("nn.PReLU()(x)", "PRelu", IMAGE, _weights(a=(1,))),
    Same("nn.ELU(0.5)(x)", "Elu", IMAGE, None, {"alpha": 0.5}),
    Same("nn.SELU()(x)", "Selu", IMAGE),
    Same("nn.Hardsigmoid()(x)", "HardSigmoid", IMAGE, None, {"alpha": 1 / 6}),
    Same("nn.Hardswish()(x)", "HardSwish", IMAGE),
    Same("nn.GELU('tanh')(x)", "Gelu", IMAGE, None, {"approximate": "tanh"}),
    Same("nn.Softplus()(x)", "Softplus", IMAGE),
    Same("nn.Softshrink(0.5)(x)", "Shrink", IMAGE, None, {"lambd": 0.5, "bias": 0.5}),
    Same("nn.Threshold(0.5, 0)(x)", "ThresholdedRelu", IMAGE, None, {"alpha": 0.5}),
    Same("nn.Softmax(1)(x)", "Softmax", IMAGE, None, {"axis": 1}),
    Same("nn.Dropout(0.3)(x)", "Dropout", IMAGE, _floats(r=0.3)),
    Same(
        "nn.Upsample(scale_factor=2)(x)",
        "Resize",
        IMAGE,
        _floats(s=[1, 1, 2, 2]),
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        ("x", "", "s"),
    ),
    Same(
        "F.interpolate(x, (12, 9), mode='bilinear')",
        "Resize",
        IMAGE,
        _whole(z=[12, 9]),
        {"mode": "linear", "axes": [2, 3]},
        ("x", "", "", "z"),
    ),
    Same("nn.PixelShuffle(2)(x)", "DepthToSpace", IMAGE, None, {"blocksize": 2, "mode": "CRD"}),
    Same(
        "nn.ReflectionPad2d(1)(x)",
        "Pad",
        IMAGE,
        _whole(p=[0, 0, 1, 1, 0, 0, 1, 1]),
        {"mode": "reflect"},
    ),
    Same(
        "F.pad(x, (1, -2), value=0.5)",
        "Pad",
        IMAGE,
        {**_whole(p=[1, -2]), **_floats(v=0.5), **_whole(a=[3])},
    ),
    Same("torch.flatten(x, 1)", "Flatten", IMAGE),
    Same("x.permute(0, 2, 3, 1)", "Transpose", IMAGE, None, {"perm": [0, 2, 3, 1]}),
    Same("x.unsqueeze(2)", "Unsqueeze", IMAGE, _whole(a=[2])),
    Same("x.mean((2, 3))", "ReduceMean", IMAGE, _whole(a=[2, 3]), {"keepdims": 0}),
    Same("x.amax(1, keepdim=True)", "ReduceMax", IMAGE, _whole(a=[1])),
    Same("torch.logsumexp(x, 1)", "ReduceLogSumExp", IMAGE, _whole(a=[1]), {"keepdims": 0}),
    Same("x[:, 1:3, ::2]", "Slice", IMAGE, _whole(s=[1, 0], e=[3, 99], a=[1, 2], t=[1, 2])),
    Same("x[:, 2]", "Gather", IMAGE, {"i": np.array(2)}, {"axis": 1}),
    Same("x.argmax(1)", "ArgMax", IMAGE, None, {"axis": 1, "keepdims": 0}),
    Same("x.cumsum(1)", "CumSum", IMAGE, {"a": np.array(1)}),
    Same("torch.tril(x)", "Trilu", IMAGE, None, {"upper": 0}),
    Same("x ** 2", "Pow", IMAGE, _floats(c=2.0)),
    Same("x * 3", "Mul", IMAGE, _floats(c=3.0)),
    Same("1 - x", "Sub", IMAGE, _floats(c=1.0), None, ("c", "x")),
    Same("x / 2", "Div", IMAGE, _floats(c=2.0)),
    Same("x > 0", "Greater", IMAGE, _floats(c=0.0)),
    Same("torch.sqrt(x)", "Sqrt", IMAGE),
    Same(
        "F.scaled_dot_product_attention(x, x, x, is_causal=True)",
        "Attention",
        (2, 6, 8),
        None,
        {"is_causal": 1, "version": 23},
        ("x", "x", "x"),
    ),
    Same("x.repeat(1, 2, 1, 3)", "Tile", IMAGE, _whole(r=[1, 2, 1, 3])),
)

_CODE = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {made}

    def forward(self, x):
        return {code}
"""


def _by_code(same: Same) -> Graph:
    code, made = same.code, "pass"
    if code.startswith("nn."):
        made, code = f"self.layer = {code.removesuffix('(x)')}", "self.layer(x)"
    text = _CODE.format(made=made, code=code)
    return read_code(text, filename="n.py", name="Net", inputs={None: same.shape}, settings={})


def _by_node(same: Same) -> Graph:
    x = np.zeros((1, *same.shape), np.float32)
    attributes = same.attributes or {}
    one = single(
        same.operator, {"x": x}, same.held, inputs=same.inputs, free_batch=True, **attributes
    )
    return one.read()


@pytest.mark.parametrize("same", SAMES, ids=lambda one: one.code)
def test_both_are_one_network(same: Same) -> None:
    forms = [canonical(graph) for graph in (_by_code(same), _by_node(same))]
    assert first_difference(*forms) is None


def test_an_embedding_takes_rows_of_a_weight() -> None:
    text = _CODE.format(made="self.layer = nn.Embedding(20, 6)", code="self.layer(x)")
    code = read_code(text, filename="n.py", name="Net", inputs={None: (9,)}, settings={})
    held = {"w": normal(_RANDOM, 20, 6)}
    places = {"i": np.zeros((1, 9), np.int64)}
    node = single("Gather", places, held, inputs=("w", "i"), free_batch=True).read()
    assert first_difference(canonical(code), canonical(node)) is None


def test_another_stride_is_another_network() -> None:
    other = SAMES[0]._replace(attributes={"strides": [2, 2]})
    forms = [canonical(graph) for graph in (_by_code(SAMES[0]), _by_node(other))]
    assert first_difference(*forms) is not None
