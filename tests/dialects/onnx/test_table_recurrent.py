"""Recurrent operators with random weights beside PyTorch's layers: gates, directions, layouts."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from tests.dialects.onnx.single import Single, normal, ours, single, truth

FEATURES, UNITS, STEPS, BATCH = 5, 3, 4, 2
_LAYERS = {"RNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}
#: The order of ONNX's gates among PyTorch's: i o f c, z r h.
_GATES = {"RNN": [0], "LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}
_STATES = {"RNN": 1, "LSTM": 2, "GRU": 1}


def _onnx_order(operator: str, values: torch.Tensor) -> np.ndarray:
    blocks = values.detach().chunk(len(_GATES[operator]))
    return torch.cat([blocks[place] for place in _GATES[operator]]).numpy()


def _held(operator: str, layer: Any, bias: bool) -> dict[str, np.ndarray]:
    """W, R and B of ONNX from the parameters of a layer of one or two directions."""
    ends = ["", "_reverse"][: 2 if layer.bidirectional else 1]

    def row(*names: str) -> np.ndarray:
        each = [
            np.concatenate([_onnx_order(operator, getattr(layer, name + end)) for name in names])
            for end in ends
        ]
        return np.stack(each)

    found = {"w": row("weight_ih_l0"), "r": row("weight_hh_l0")}
    return {**found, "b": row("bias_ih_l0", "bias_hh_l0")} if bias else found


def _model(
    operator: str, layer: Any, x: np.ndarray, states: list[np.ndarray], **attributes: Any
) -> Single:
    """The node, with its initial states fed beside the sequence."""
    held = _held(operator, layer, layer.bias)
    fed = {"x": x, **dict(zip(("h", "c"), states, strict=False))}
    inputs = ["x", "w", "r", "b" if layer.bias else "", ""]
    inputs += ["h", "c"][: len(states)]
    outputs = ["y", "last", "cell"][: 1 + _STATES[operator]]
    if layer.bidirectional:
        attributes["direction"] = "bidirectional"
    if operator == "GRU":
        attributes["linear_before_reset"] = 1
    return single(
        operator, fed, held, inputs=inputs, outputs=outputs, hidden_size=UNITS, **attributes
    )


@pytest.mark.parametrize(
    ("operator", "both", "started", "bias"),
    list(product(_LAYERS, (False, True), (False, True), (False, True))),
)
def test_layers_of_pytorch(operator: str, both: bool, started: bool, bias: bool) -> None:
    torch.manual_seed(3)
    layer = _LAYERS[operator](FEATURES, UNITS, bias=bias, bidirectional=both)
    random = np.random.default_rng(4)
    x = normal(random, STEPS, BATCH, FEATURES)
    ways = 2 if both else 1
    states = [normal(random, ways, BATCH, UNITS) for _ in range(_STATES[operator] * started)]
    given = [torch.from_numpy(one) for one in states]
    begun = (tuple(given) if operator == "LSTM" else given[0]) if given else None
    y, ends = layer(torch.from_numpy(x), begun)
    model = _model(operator, layer, x, states)
    graph = model.read()
    found = ours(model, graph)
    apart = y.reshape(STEPS, BATCH, ways, UNITS).permute(0, 2, 1, 3)
    true = [apart, *(ends if operator == "LSTM" else [ends])]
    for one, two in zip(found, true, strict=True):
        assert one.shape == tuple(two.shape)
        assert np.allclose(one, two.detach().numpy(), rtol=1e-4, atol=1e-5)
    parameters = sum([one.numel() for one in layer.parameters()])
    assert sum([weight.elements for weight in graph.weights.values()]) == parameters


@pytest.mark.parametrize("operator", _LAYERS)
def test_batch_first_only_moves_axes(operator: str) -> None:
    torch.manual_seed(3)
    layer = _LAYERS[operator](FEATURES, UNITS, bidirectional=True)
    x = normal(np.random.default_rng(4), STEPS, BATCH, FEATURES)
    one = _model(operator, layer, x, [])
    two = _model(operator, layer, x.swapaxes(0, 1).copy(), [], layout=1)
    plain, moved = ours(one, one.read()), ours(two, two.read())
    assert np.allclose(plain[0].transpose(2, 0, 1, 3), moved[0])
    for first, second in zip(plain[1:], moved[1:], strict=True):
        assert np.allclose(first.swapaxes(0, 1), second)


@pytest.mark.parametrize("operator", _LAYERS)
def test_reverse_comes_out_in_the_order_of_the_input(operator: str) -> None:
    torch.manual_seed(3)
    layer = _LAYERS[operator](FEATURES, UNITS)
    x = normal(np.random.default_rng(4), STEPS, BATCH, FEATURES)
    one = _model(operator, layer, x[::-1].copy(), [])
    two = _model(operator, layer, x, [], direction="reverse")
    plain, turned = ours(one, one.read()), ours(two, two.read())
    assert np.allclose(plain[0][::-1], turned[0])
    assert np.allclose(plain[1], turned[1])


def test_reset_before_the_product() -> None:
    """What GRUs do unless told otherwise: PyTorch has it not, ONNX's own reference has."""
    torch.manual_seed(3)
    layer = torch.nn.GRU(FEATURES, UNITS)
    x = normal(np.random.default_rng(4), STEPS, BATCH, FEATURES)
    held = _held("GRU", layer, True)
    model = single("GRU", {"x": x}, held, outputs=("y", "last"), hidden_size=UNITS)
    for found, true in zip(ours(model, model.read()), truth(model), strict=True):
        assert np.allclose(found, true, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({"clip": 1.0}, "clips"),
        ({"input_forget": 1}, "coupled"),
        ({"activations": ["Sigmoid", "Affine", "Tanh"]}, "activations"),
        ({"activations": ["Sigmoid", "Tanh", "Relu"]}, "activations"),
    ],
)
def test_what_the_kind_has_not_is_said(attributes: dict[str, Any], word: str) -> None:
    layer = torch.nn.LSTM(FEATURES, UNITS)
    x = normal(np.random.default_rng(4), STEPS, BATCH, FEATURES)
    graph = _model("LSTM", layer, x, [], **attributes).read()
    assert graph.unknown
    assert any(word in note.message for note in graph.notes)
