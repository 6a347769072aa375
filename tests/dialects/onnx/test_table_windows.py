"""Random legal convolutions, pools, resizes and paddings beside ONNX's own reference."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import pytest

from convwise.graph.nodes import Graph
from tests.dialects.onnx.single import Single, macs, normal, ours, single, truth
from tests.dialects.onnx.windows_by_torch import attributes, largest, mean, transposed

Draw = Callable[[np.random.Generator], Single]
_AUTOMATIC = ("NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def _integers(random: np.random.Generator, low: int, high: int, count: int) -> list[int]:
    return [int(one) for one in random.integers(low, high + 1, count)]


def _window(random: np.random.Generator, rank: int, most: int) -> dict[str, Any]:
    """Kernel, strides, dilations and one way to pad."""
    kernel = _integers(random, 1, most, rank)
    found: dict[str, Any] = {"kernel_shape": kernel}
    if random.random() < 0.8:
        found["strides"] = _integers(random, 1, 3, rank)
    if random.random() < 0.4:
        found["dilations"] = _integers(random, 1, 2, rank)
    word = str(random.choice(_AUTOMATIC))
    if word != "NOTSET":
        found["auto_pad"] = word
    elif random.random() < 0.7:
        found["pads"] = [min(one, k - 1) for k in kernel * 2 for one in _integers(random, 0, 2, 1)]
    return found


def _space(random: np.random.Generator, window: dict[str, Any]) -> list[int]:
    """Sizes that hold the window without padding."""
    kernel = window["kernel_shape"]
    dilations = window.get("dilations", [1] * len(kernel))
    least = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    return [one + int(random.integers(0, 6)) for one in least]


def _convolution(random: np.random.Generator) -> Single:
    rank = int(random.integers(1, 4))
    groups = int(random.choice([1, 1, 2, 3]))
    channels, filters = (
        groups * _integers(random, 1, 3, 1)[0],
        groups * _integers(random, 1, 2, 1)[0],
    )
    window = _window(random, rank, 3)
    x = normal(random, int(random.integers(1, 3)), channels, *_space(random, window))
    held = {"w": normal(random, filters, channels // groups, *window["kernel_shape"])}
    if random.random() < 0.5:
        held["b"] = normal(random, filters)
    return single("Conv", {"x": x}, held, group=groups, **window)


def _transposed(random: np.random.Generator) -> Single:
    rank = int(random.integers(1, 4))
    groups = int(random.choice([1, 1, 2]))
    channels, filters = groups * _integers(random, 1, 3, 1)[0], _integers(random, 1, 3, 1)[0]
    window = _window(random, rank, 4)
    strides = window.setdefault("strides", [1] * rank)
    if window.get("auto_pad") == "VALID":
        del window["auto_pad"]
    space = _integers(random, 3, 6, rank)
    if random.random() < 0.3 and "auto_pad" not in window:
        window["output_padding"] = [int(random.integers(0, step)) for step in strides]
    if random.random() < 0.2 and "auto_pad" not in window:
        window.pop("pads", None)
        window.pop("output_padding", None)
        window["output_shape"] = _reachable(random, window, space)
    x = normal(random, int(random.integers(1, 3)), channels, *space)
    held = {"w": normal(random, channels, filters, *window["kernel_shape"])}
    if random.random() < 0.5:
        held["b"] = normal(random, filters * groups)
    return single("ConvTranspose", {"x": x}, held, group=groups, **window)


def _reachable(random: np.random.Generator, window: dict[str, Any], space: list[int]) -> list[int]:
    """An output a little smaller than all stamps together."""
    dilations = window.get("dilations", [1] * len(space))
    rows = zip(space, window["kernel_shape"], window["strides"], dilations, strict=True)
    whole = [(size - 1) * step + (k - 1) * d + 1 for size, k, step, d in rows]
    return [max(size - int(random.integers(0, 3)), 1) for size in whole]


def _pool(operator: str) -> Draw:
    def draw(random: np.random.Generator) -> Single:
        rank = int(random.integers(1, 4))
        window = _window(random, rank, 3)
        if operator != "MaxPool":
            window.pop("dilations", None)
        if operator == "LpPool":
            _plain(window)
        if "auto_pad" not in window and random.random() < 0.4:
            window["ceil_mode"] = 1
        if operator == "AveragePool" and random.random() < 0.5:
            window["count_include_pad"] = 1
        if operator == "LpPool":
            window["p"] = int(random.integers(1, 4))
            window.pop("ceil_mode", None)
        x = normal(random, int(random.integers(1, 3)), 2, *_space(random, window))
        return single(operator, {"x": x}, **window)

    return draw


def _plain(window: dict[str, Any]) -> None:
    """Without what ONNX's own reference does not do: strides beyond an automatic window."""
    if "auto_pad" in window and "strides" in window:
        pairs = zip(window["strides"], window["kernel_shape"], strict=True)
        window["strides"] = [min(step, size) for step, size in pairs]


def _pad(random: np.random.Generator) -> Single:
    rank = int(random.integers(2, 5))
    shape = _integers(random, 3, 6, rank)
    mode = str(random.choice(["constant", "reflect", "edge", "wrap"]))
    amounts = _integers(random, 0, 2, 2 * rank)
    held = {"pads": np.array(amounts, dtype=np.int64)}
    if mode == "constant" and random.random() < 0.5:
        held["value"] = np.array(1.5, dtype=np.float32)
    return single("Pad", {"x": normal(random, *shape)}, held, mode=mode, version=19)


def _resize(random: np.random.Generator) -> Single:
    rank = int(random.integers(1, 4))
    mode = str(
        random.choice(["nearest", "linear", "cubic"] if rank == 2 else ["nearest", "linear"])
    )
    attributes: dict[str, Any] = {"mode": mode}
    if mode == "nearest":
        attributes |= {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    else:
        words = ["half_pixel", "align_corners", "pytorch_half_pixel"]
        attributes["coordinate_transformation_mode"] = str(random.choice(words))
    shape = [int(random.integers(1, 3)), 2, *_integers(random, 2, 5, rank)]
    names = ["x", "", "scales"]
    if random.random() < 0.5:
        sizes = [*shape[:2], *_integers(random, 2, 9, rank)]
        held = {"sizes": np.array(sizes, dtype=np.int64)}
        names = ["x", "", "", "sizes"]
    else:
        scales = [1.0, 1.0, *_integers(random, 1, 3, rank)]
        held = {"scales": np.array(scales, dtype=np.float32)}
    x = normal(random, *shape)
    return single("Resize", {"x": x}, held, inputs=names, version=19, **attributes)


DRAWS: dict[str, Draw] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "MaxPool": _pool("MaxPool"),
    "AveragePool": _pool("AveragePool"),
    "LpPool": _pool("LpPool"),
    "Pad": _pad,
    "Resize": _resize,
}


BY_TORCH = {"ConvTranspose": transposed, "MaxPool": largest, "AveragePool": mean}


def _true(one: Single) -> np.ndarray:
    operator = one.model.graph.node[0].op_type
    by_torch = BY_TORCH.get(operator)
    return truth(one)[0] if by_torch is None else by_torch(one)


def _going_on(one: Single) -> np.ndarray | None:
    """What ONNX's own reference computes; None where it stops."""
    try:
        return truth(one)[0]
    except (IndexError, ValueError):
        return None


def _must_agree(one: Single) -> Graph:
    graph = one.read()
    assert not graph.unknown, graph.notes
    true, (found,) = _true(one), ours(one, graph)
    assert graph.tensor(graph.outputs[0]).shape == true.shape
    assert np.allclose(found, true, rtol=1e-4, atol=1e-5, equal_nan=True), one.model.graph.node
    return graph


@pytest.mark.parametrize("operator", DRAWS)
def test_some_agree(operator: str) -> None:
    random = np.random.default_rng(7)
    for _ in range(12):
        _must_agree(DRAWS[operator](random))


@pytest.mark.slow
@pytest.mark.parametrize("operator", DRAWS)
@pytest.mark.parametrize("seed", range(4))
def test_many_agree(operator: str, seed: int) -> None:
    random = np.random.default_rng(1000 + seed)
    for _ in range(100):
        _must_agree(DRAWS[operator](random))


def test_both_truths_agree_where_both_are() -> None:
    """PyTorch by ONNX's pages, and ONNX's own reference where it goes on."""
    random = np.random.default_rng(3)
    compared = 0
    for operator, other in BY_TORCH.items():
        for _ in range(40):
            one = DRAWS[operator](random)
            said = attributes(one)
            apart = {"auto_pad", "output_shape", "ceil_mode"} & set(said) or said.get(
                "group", 1
            ) > 1
            true = None if apart else _going_on(one)
            if true is not None:
                compared += 1
                assert np.allclose(true, other(one), rtol=1e-4, atol=1e-5)
    assert compared > 20


def test_convolutions_cost_what_the_closed_form_says() -> None:
    """Output values x taps x channels of a group; parameters as many as the file holds."""
    random = np.random.default_rng(11)
    for _ in range(40):
        one = _convolution(random)
        graph = one.read()
        weight = one.held["w"]
        out = truth(one)[0].shape
        assert macs(graph).forward == prod(out) * prod(weight.shape[1:])
        found = sum([prod(held.shape) for held in graph.weights.values()])  # type: ignore[arg-type]
        assert found == sum([values.size for values in one.held.values()])


def test_transposed_convolutions_cost_what_the_closed_form_says() -> None:
    """Input values x taps x filters of a group, whatever is cut off."""
    random = np.random.default_rng(12)
    for _ in range(40):
        one = _transposed(random)
        graph = one.read()
        expected = one.fed["x"].size * prod(one.held["w"].shape[1:])
        assert macs(graph).forward == expected
