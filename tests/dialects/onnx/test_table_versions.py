"""What operators mean by the version that the model imports, against NumPy and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch.nn import functional

from convwise.errors import ConvwiseError
from tests.dialects.onnx.single import Single, normal, ours, single

X = normal(np.random.default_rng(1), 2, 3, 4, 5)
_T = torch.from_numpy(X)
SCALE, SHIFT = normal(np.random.default_rng(2), 3), normal(np.random.default_rng(3), 3)


def _whole(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _float(value: float) -> np.ndarray:
    return np.array(value, dtype=np.float32)


class Meaning(NamedTuple):
    """An operator of a version, on X, and what comes out."""

    operator: str
    version: int
    expected: Callable[[], Any]
    held: dict[str, np.ndarray] | None = None
    attributes: dict[str, Any] | None = None
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] = ("y",)

    def model(self) -> Single:
        return single(
            self.operator,
            {"x": X},
            self.held,
            version=self.version,
            inputs=self.inputs,
            outputs=self.outputs,
            **(self.attributes or {}),
        )


def _softmax(log: bool = False) -> Callable[[], np.ndarray]:
    """Over all axes behind the first, as one."""
    function = functional.log_softmax if log else functional.softmax
    return lambda: function(_T.flatten(1), 1).reshape(X.shape).numpy()


def _by_groups() -> np.ndarray:
    """One scale and centre for each group of channels."""
    x = torch.cat([_T, _T], 1)[:, :4]
    y = functional.group_norm(x, 2, eps=1e-5).reshape(2, 2, 2, 4, 5)
    two = [torch.from_numpy(one[:2]).reshape(1, 2, 1, 1, 1) for one in (SCALE, SHIFT)]
    return (y * two[0] + two[1]).reshape(x.shape).numpy()


def _nearest(rows: int, columns: int) -> Callable[[], np.ndarray]:
    return lambda: np.repeat(np.repeat(X, rows, 2), columns, 3)


def _dropped() -> np.ndarray:
    return X


_PARTS = ("y0", "y1")
MEANINGS = (
    Meaning("Softmax", 11, _softmax()),
    Meaning("Softmax", 13, lambda: functional.softmax(_T, -1)),
    Meaning("Softmax", 12, lambda: functional.softmax(_T, 3), attributes={"axis": 3}),
    Meaning("LogSoftmax", 9, _softmax(log=True)),
    Meaning("LogSoftmax", 13, lambda: functional.log_softmax(_T, 1), attributes={"axis": 1}),
    Meaning("Clip", 9, lambda: X.clip(-0.5, 0.5), attributes={"min": -0.5, "max": 0.5}),
    Meaning("Clip", 10, lambda: X.clip(min=0.25), attributes={"min": 0.25}),
    Meaning("Clip", 11, lambda: X.clip(-0.5, 0.5), {"a": _float(-0.5), "b": _float(0.5)}),
    Meaning("Clip", 13, lambda: X.clip(-1), {"a": _float(-1.0), "b": _float(3.4028235e38)}),
    Meaning("PRelu", 16, lambda: functional.leaky_relu(_T, 0.25), {"s": _float(0.25)}),
    Meaning("Clip", 13, lambda: X.clip(max=0.5), {"b": _float(0.5)}, {}, ("x", "", "b")),
    Meaning(
        "Pad",
        9,
        lambda: np.pad(X, ((0, 0), (0, 0), (1, 0), (2, 1)), constant_values=0.5),
        attributes={"pads": [0, 0, 1, 2, 0, 0, 0, 1], "value": 0.5},
    ),
    Meaning(
        "Pad",
        13,
        lambda: np.pad(X, ((0, 0), (0, 0), (1, 0), (2, 1)), "reflect"),
        {"p": _whole(0, 0, 1, 2, 0, 0, 0, 1)},
        {"mode": "reflect"},
    ),
    Meaning(
        "Pad",
        18,
        lambda: np.pad(X, ((0, 0), (0, 0), (1, 0), (2, 1)), constant_values=1.5),
        {"p": _whole(2, 1, 1, 0), "v": _float(1.5), "a": _whole(-1, 2)},
    ),
    Meaning(
        "Pad",
        13,
        lambda: functional.pad(_T, (-1, 2, 1, -2)),
        {"p": _whole(0, 0, 1, -1, 0, 0, -2, 2)},
    ),
    Meaning(
        "Slice",
        9,
        lambda: X[:, 1:, :2],
        attributes={"starts": [1, 0], "ends": [9, 2], "axes": [1, 2]},
    ),
    Meaning(
        "Slice",
        10,
        lambda: X[:, :, ::-2, 1:-1],
        {"s": _whole(-1, 1), "e": _whole(-(2**63), -1), "a": _whole(2, 3), "t": _whole(-2, 1)},
    ),
    Meaning("Slice", 13, lambda: X[1:], {"s": _whole(1), "e": _whole(2**63 - 1)}),
    Meaning("Unsqueeze", 11, lambda: X[:, None, ..., None], attributes={"axes": [1, 5]}),
    Meaning("Unsqueeze", 13, lambda: X[:, None, ..., None], {"a": _whole(-1, 1)}),
    Meaning("ReduceSum", 11, lambda: X.sum((1, 3), keepdims=True), attributes={"axes": [1, 3]}),
    Meaning("ReduceSum", 13, lambda: X.sum((1, 3)), {"a": _whole(1, -1)}, {"keepdims": 0}),
    Meaning("ReduceSum", 13, lambda: X, attributes={"noop_with_empty_axes": 1}),
    Meaning("ReduceSum", 13, lambda: X.sum(keepdims=True)),
    Meaning("ReduceMean", 17, lambda: X.mean((2, 3), keepdims=True), attributes={"axes": [2, 3]}),
    Meaning("ReduceMean", 18, lambda: X.mean((2, 3), keepdims=True), {"a": _whole(2, 3)}),
    Meaning("ReduceL2", 18, lambda: np.abs(X), attributes={"noop_with_empty_axes": 1}),
    Meaning(
        "Split",
        11,
        lambda: (X[..., :2], X[..., 2:]),
        {},
        {"axis": 3, "split": [2, 3]},
        None,
        _PARTS,
    ),
    Meaning(
        "Split",
        13,
        lambda: (X[..., :2], X[..., 2:]),
        {"s": _whole(2, 3)},
        {"axis": -1},
        None,
        _PARTS,
    ),
    Meaning(
        "Split",
        18,
        lambda: (X[..., :3], X[..., 3:]),
        {},
        {"axis": 3, "num_outputs": 2},
        None,
        _PARTS,
    ),
    Meaning("Split", 9, lambda: (X[:, :, :2], X[:, :, 2:]), {}, {"axis": 2}, None, _PARTS),
    Meaning("Dropout", 10, _dropped, attributes={"ratio": 0.3}),
    Meaning("Dropout", 13, _dropped, {"r": _float(0.3)}),
    Meaning("Upsample", 9, _nearest(2, 3), {"s": np.array([1, 1, 2, 3], np.float32)}),
    Meaning("Resize", 10, _nearest(2, 1), {"s": np.array([1, 1, 2, 1], np.float32)}),
    Meaning(
        "Resize",
        13,
        lambda: functional.interpolate(_T, (8, 7), mode="bilinear"),
        {"z": _whole(2, 3, 8, 7)},
        {"mode": "linear"},
        ("x", "", "", "z"),
    ),
    Meaning(
        "Resize",
        18,
        lambda: functional.interpolate(_T, (8, 7), mode="bilinear", align_corners=True),
        {"z": _whole(7, 8)},
        {"mode": "linear", "axes": [3, 2], "coordinate_transformation_mode": "align_corners"},
        ("x", "", "", "z"),
    ),
    Meaning("TopK", 9, lambda: torch.topk(_T, 2, 3), {}, {"k": 2}, None, _PARTS),
    Meaning(
        "TopK",
        11,
        lambda: torch.topk(_T, 2, 1, False),
        {"k": _whole(2)},
        {"axis": 1, "largest": 0},
        None,
        _PARTS,
    ),
    Meaning("Squeeze", 13, lambda: X, {"a": np.zeros(0, np.int64)}),
    Meaning("Flatten", 9, lambda: X.reshape(6, 20), attributes={"axis": 2}),
    Meaning("Flatten", 13, lambda: X.reshape(24, 5), attributes={"axis": -1}),
    Meaning("Flatten", 13, lambda: X.reshape(1, 120), attributes={"axis": 0}),
    Meaning("Reshape", 13, lambda: X.reshape(2, 3, 20), {"s": _whole(0, 0, -1)}),
    Meaning("Transpose", 13, lambda: X.T),
    Meaning("CumSum", 14, lambda: X.cumsum(2), {"a": np.array(2)}),
    Meaning("ArgMax", 13, lambda: X.argmax(1), attributes={"axis": 1, "keepdims": 0}),
)


def _arrays(found: Any) -> list[np.ndarray]:
    several = found if isinstance(found, tuple | list) else [found]
    return [one.numpy() if isinstance(one, torch.Tensor) else np.asarray(one) for one in several]


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda one: f"{one.operator}-{one.version}")
def test_version_means(meaning: Meaning) -> None:
    model = meaning.model()
    graph = model.read()
    assert not graph.unknown, graph.notes
    for found, true in zip(ours(model, graph), _arrays(meaning.expected()), strict=True):
        assert found.shape == true.shape
        assert np.allclose(found, true, rtol=1e-5, atol=1e-6)


def test_group_normalization_has_a_scale_per_group_before_version_21() -> None:
    x = np.concatenate([X, X], 1)[:, :4]
    held = {"s": SCALE[:2], "b": SHIFT[:2]}
    model = single("GroupNormalization", {"x": x}, held, version=18, num_groups=2)
    assert np.allclose(ours(model, model.read())[0], _by_groups(), rtol=1e-5, atol=1e-6)


def test_group_normalization_has_a_scale_per_channel_since_version_21() -> None:
    x = np.concatenate([X, X], 1)[:, :4]
    scale, shift = np.tile(SCALE, 2)[:4], np.tile(SHIFT, 2)[:4]
    model = single("GroupNormalization", {"x": x}, {"s": scale, "b": shift}, num_groups=2)
    true = functional.group_norm(*[torch.from_numpy(x), 2, *map(torch.from_numpy, (scale, shift))])
    assert np.allclose(ours(model, model.read())[0], true.numpy(), rtol=1e-5, atol=1e-5)


def test_batch_normalization_takes_the_files_statistics() -> None:
    mean, variance = SHIFT / 2, np.abs(SCALE) + np.float32(0.5)
    held = {"s": SCALE, "b": SHIFT, "m": mean, "v": variance}
    for version in (9, 14, 15):
        model = single("BatchNormalization", {"x": X}, held, version=version)
        graph = model.read()
        given = [torch.from_numpy(one) for one in (mean, variance, SCALE, SHIFT)]
        true = functional.batch_norm(_T, *given)
        assert np.allclose(ours(model, graph)[0], true.numpy(), rtol=1e-5, atol=1e-5)
        assert sum([weight.counted for weight in graph.weights.values()]) == 2


class Wrong(NamedTuple):
    """An operator that ONNX forbids, and words of the message."""

    operator: str
    held: dict[str, np.ndarray]
    attributes: dict[str, Any]
    words: str


WRONGS = (
    Wrong("Conv", {"w": np.zeros((4, 2, 3, 3), np.float32)}, {}, "is for 2 channels"),
    Wrong("Conv", {"w": np.zeros((4, 3, 3, 3), np.float32)}, {"strides": [0, 1]}, "strides"),
    Wrong("Conv", {"w": np.zeros((4, 3, 3), np.float32)}, {}, "has 3 axes"),
    Wrong("Conv", {"w": np.zeros((4, 3, 3, 3), np.float32)}, {"auto_pad": "SAME"}, "auto_pad"),
    Wrong("Conv", {"w": np.zeros((4, 3, 9, 9), np.float32)}, {}, "kernel 9 is larger"),
    Wrong("MaxPool", {}, {}, "kernel_shape"),
    Wrong("MaxPool", {}, {"kernel_shape": [2]}, "kernel_shape"),
    Wrong("Transpose", {}, {"perm": [0, 1, 1, 2]}, "perm"),
    Wrong("Flatten", {}, {"axis": 5}, "axis 5"),
    Wrong("Softmax", {}, {"axis": 4}, "axis 4"),
    Wrong("Split", {"s": _whole(2, 2)}, {"axis": 3}, "needs 4 values"),
    Wrong("Reshape", {"s": _whole(7, 7)}, {}, "input has 120 values"),
    Wrong("Gemm", {"w": np.zeros((5, 4), np.float32)}, {}, "takes matrices"),
    Wrong("Pad", {"p": _whole(1, 2, 3)}, {}, "3 amounts for 4 axes"),
    Wrong("Resize", {"s": _float(2.0)}, {}, "Resize"),
    Wrong("LRN", {}, {}, "size of 1 or more"),
    Wrong("GroupNormalization", {"s": SCALE, "b": SHIFT}, {}, "num_groups"),
)


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda one: f"{one.operator}: {one.words}")
def test_what_onnx_forbids_is_said(wrong: Wrong) -> None:
    model = single(wrong.operator, {"x": X}, wrong.held, **wrong.attributes)
    with pytest.raises(ConvwiseError) as caught:
        model.read()
    assert wrong.words in str(caught.value)
    assert caught.value.hint
