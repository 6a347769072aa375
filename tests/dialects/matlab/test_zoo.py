"""MATLAB networks as people write them: our reading, against numbers worked out without convwise.

The numbers are in tests/zoo/matlab/*.json with their source; equal networks in Keras stand beside
the arithmetic, and values computed from shared weights agree with Keras's.
"""

from __future__ import annotations

import inspect
import json
from functools import cache
from typing import Any

import numpy as np
import pytest

import convwise
from convwise.graph.dims import evaluate
from tests.dialects.matlab.shared_weights import shared
from tests.zoo.matlab import twins
from tests.zoo.matlab.networks import CASES, Case
from tests.zoo.matlab.sequences import STEPS
from tests.zoo.matlab.twins import TWINS

BY_STEM = {case.stem: case for case in CASES}
#: Values of all layers are compared here; the others are larger and made of the same layers.
VALUED = [stem for stem in TWINS if stem not in ("dncnn", "unet_by_hand", "video_conv3d")]


def told(case: Case) -> dict[str, Any]:
    return json.loads(case.json.read_text("utf-8"))


def shapes(case: Case) -> Any:
    """Shapes of the inputs that are needed: a sequence has as many steps as the numbers are for."""
    if case.steps is None:
        return None
    [first] = [row for row in told(case)["layers"] if row["type"] == "sequenceInputLayer"]
    return tuple(first["activations"])


@cache
def reading(stem: str) -> convwise.Network:
    case = BY_STEM[stem]
    return convwise.read(case.source, shapes(case))


def differences(summary: dict[str, Any], numbers: dict[str, Any]) -> list[str]:
    """Where a summary is not what was worked out, a line each."""
    rows = {row["name"]: row for row in summary["layers"]}
    found = [
        f"{name} is not expected" for name in rows.keys() - {r["name"] for r in numbers["layers"]}
    ]
    for wanted in numbers["layers"]:
        row = rows.get(wanted["name"])
        if row is None:
            found.append(f"{wanted['name']} is missing")
            continue
        ours = {
            "type": row["dialect_name"],
            "activations": row["outputs"][0]["shape"][1:],
            "learnables": row["parameters"],
            "macs": row["macs"]["forward"],
        }
        for what, value in ours.items():
            if value != wanted[what]:
                found.append(f"{wanted['name']}: {what} {value} is not {wanted[what]}")
    totals = {
        "learnables": summary["totals"]["parameters"],
        "macs": summary["totals"]["macs"]["forward"],
    }
    for what, value in totals.items():
        if value != numbers[what]:
            found.append(f"total {what} {value} is not {numbers[what]}")
    return found


@pytest.mark.parametrize("stem", BY_STEM)
def test_reading_equals_what_was_worked_out(stem: str) -> None:
    network = reading(stem)
    assert not differences(network.summary().to_dict(), told(BY_STEM[stem]))
    assert not network.graph.unknown


def drawn(network: convwise.Network, words: int) -> list[Any]:
    """A batch of two for every input; word numbers where the network begins with words."""
    random = np.random.default_rng(1)
    found = []
    for value in network.graph.inputs:
        shape = (2, *network.graph.tensor(value).shape[1:])
        values = random.integers(0, words, shape) if words else random.normal(size=shape)
        found.append(values)
    return found


@pytest.mark.parametrize("stem", BY_STEM)
def test_the_reference_runs_it(stem: str) -> None:
    numbers = told(BY_STEM[stem])
    network = reading(stem)
    words = 3000 if any(row["type"] == "wordEmbeddingLayer" for row in numbers["layers"]) else 0
    inputs = drawn(network, words)
    out = network.run(inputs if len(inputs) > 1 else inputs[0])
    last = next(row for row in reversed(numbers["layers"]) if row["name"] in ends(network))
    assert list(out.shape) == [2, *last["activations"]]
    assert np.isfinite(out).all()


def ends(network: convwise.Network) -> set[str]:
    """Names of the layers that the outputs come from."""
    graph = network.graph
    return {graph.layers[graph.nodes[value.node].layer].name for value in graph.outputs}


@cache
def twin(stem: str) -> Any:
    return TWINS[stem]()


@pytest.mark.parametrize("stem", VALUED)
def test_values_agree_with_keras(stem: str) -> None:
    network, model = reading(stem), twin(stem)
    inputs = drawn(network, 0)
    weights = shared(model, network.graph)
    wanted = np.asarray(model([one.astype("float32") for one in inputs]).detach())
    found = network.run(inputs if len(inputs) > 1 else inputs[0], weights=weights)
    assert np.abs(found - wanted).max() < 1e-4 * max(np.abs(wanted).max(), 1.0)
    other = network.run(inputs if len(inputs) > 1 else inputs[0], seed=5)
    assert np.abs(other - wanted).max() > 1e-4


def test_a_planted_error_is_found() -> None:
    numbers = told(BY_STEM["digits"])
    summary = reading("digits").summary().to_dict()
    assert not differences(summary, numbers)
    summary["layers"][1]["parameters"] += 1
    summary["layers"][4]["outputs"][0]["shape"][1] = 15
    found = differences(summary, numbers)
    assert found == [
        "conv_1: learnables 81 is not 80",
        "maxpool_1: activations [15, 14, 8] is not [14, 14, 8]",
    ]


def test_pooling_with_padding_same() -> None:
    kept = [row["activations"] for row in told(BY_STEM["pooling_same"])["layers"][1:]]
    assert kept == [[25, 20, 15]] * 6
    halved = told(BY_STEM["pooling_same_stride2"])["layers"]
    pools = [row["activations"] for row in halved if row["type"] == "maxPooling2dLayer"]
    assert pools == [[13, 10, 15], [7, 5, 15], [4, 3, 15]]
    learnables = [row["learnables"] for row in told(BY_STEM["pooling_same"])["layers"][1:]]
    assert learnables == [2640, 0, 5640, 0, 5640, 0]
    assert reading("pooling_same").difference(convwise.read("example:pooling_same")) is None


#: Keras has other names for the axes of volumes, and pads by layers of their own.
APART = ("segmentation3d", "video_conv3d", "inception", "ecg_conv1d", "strings_name_value")


@pytest.mark.parametrize("stem", [one for one in TWINS if one not in (*APART, "multi_input")])
def test_the_equal_network_in_keras_is_the_same_as_code_and_alive(stem: str) -> None:
    assert reading(stem).difference(in_keras(stem)) is None
    assert reading(stem).difference(convwise.read(twin(stem))) is None


def in_keras(stem: str) -> convwise.Network:
    """The equal network, read from its code."""
    helpers = ("bn", "conv", "padded", "flat", "_twice", "pooling_same")
    code = [inspect.getsource(getattr(twins, one)) for one in helpers]
    head = f"from keras import Input, Model, layers\nSTEPS = {STEPS}\n"
    source = head + "\n".join([*code, inspect.getsource(TWINS[stem])])
    return convwise.read(f"{source}\nmodel = {stem}()\n", name="model", dialect="keras")


#: The networks of the examples, as MATLAB says them.
EXAMPLES = {
    "conv3d": """
        imageSize = [1024 1024 16 1];
        layers = [image3dInputLayer(imageSize); convolution3dLayer(5, 1, 'Padding', 'same')];""",
    "time_as_channels": """
        layers = [imageInputLayer([1024 1024 16])
                  convolution2dLayer(5, 16, 'Padding', 'same')];""",
    "time_as_channels_one": """
        layers = [imageInputLayer([1024 1024 16]); convolution2dLayer(5, 1, 'Padding', 'same')];""",
    "feature_maps": """
        layers = imageInputLayer([300 300 3]);
        for filters = [32 64]
            layers = [layers; convolution2dLayer(3, filters); reluLayer
                      maxPooling2dLayer(2, 'Stride', 2)];
        end""",
    "input_channels": """
        layers = imageInputLayer([128 128 3]);
        for k = 1:3
            layers = [layers; convolution2dLayer(8, 24, 'Stride', 2); reluLayer];
        end
        layers = [layers; fullyConnectedLayer(1); reluLayer; regressionLayer];""",
    "cifar10": """
        layers = [
            imageInputLayer([32 32 3])
            convolution2dLayer(3, 32, Padding="same")
            reluLayer
            convolution2dLayer(3, 32)
            reluLayer
            maxPooling2dLayer(2, Stride=2)
            dropoutLayer(0.25)
            convolution2dLayer(3, 64, Padding="same")
            reluLayer
            maxPooling2dLayer(2, Stride=2)
            dropoutLayer(0.25)
            fullyConnectedLayer(256)
            reluLayer
            dropoutLayer
            fullyConnectedLayer(10)
            softmaxLayer
            classificationLayer];""",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_in_matlab_are_the_same_networks(name: str) -> None:
    ours = convwise.read(EXAMPLES[name], dialect="matlab")
    assert ours.difference(convwise.read(f"example:{name}")) is None


def left_free(case: Case) -> tuple[dict[str, Any], dict[str, int]]:
    """Input shapes with letters for space, time left to the code; what the letters stand for."""
    given: dict[str, Any] = {}
    sizes = {"T": STEPS, "N": 1}
    for row in told(case)["layers"]:
        if "InputLayer" in row["type"]:
            *space, channels = row["activations"]
            space = space[1:] if row["type"] == "sequenceInputLayer" else space
            given[row["name"]] = (*"HWD"[: len(space)], channels)
            sizes.update(zip("HWD", space, strict=False))
    return given, sizes


@pytest.mark.parametrize("stem", BY_STEM)
def test_free_sizes_agree_when_they_are_filled_in(stem: str) -> None:
    case = BY_STEM[stem]
    given, sizes = left_free(case)
    graph = convwise.read(case.source, given).graph
    last = {graph.layers[node.layer].name: node.outputs[0] for node in graph.nodes}
    found = {
        name: [evaluate(axis.dim, sizes) for axis in tensor.axes[1:]]
        for name, tensor in last.items()
    }
    assert found == {row["name"]: row["activations"] for row in told(case)["layers"]}
    counted = {
        name: evaluate(weight.elements, sizes)
        for name, weight in graph.weights.items()
        if weight.counted
    }
    assert sum(counted.values()) == told(case)["learnables"]


def test_weights_have_matlabs_order_of_axes() -> None:
    """Filters height, width, channels, filters; matrices out, in; tables a vector per column."""
    found = {
        name: (tuple([axis for axis, _ in weight.axes]), weight.shape)
        for stem in ("transformer_encoder", "digits", "autoencoder", "sequence_lstm")
        for name, weight in reading(stem).graph.weights.items()
    }
    image = ("height", "width")
    assert found["conv_2/Weights"] == ((*image, "in", "out"), (3, 3, 16, 8))
    assert found["transposed-conv_2/Weights"] == ((*image, "out", "in"), (4, 4, 16, 8))
    assert found["words/Weights"] == (("out", "vocabulary"), (64, 3001))
    assert found["positions/Weights"] == (("channel", "time"), (64, 128))
    assert found["lstm/InputWeights"] == (("out", "in"), (400, 200))
    assert found["wide/Weights"] == (("out", "in"), (256, 64))


def test_a_script_that_trains_and_measures_is_read_for_its_network() -> None:
    """What is done with data is not known, and does not matter."""
    found = convwise.read(SCRIPT, dialect="matlab").summary().to_dict()
    assert [row["name"] for row in found["layers"]][-1] == "regressionoutput"
    assert found["totals"]["parameters"] == 4 * 8 * (3 * 2 + 1 + 8) + 9


SCRIPT = """
clc; clear; close all;
load('flow');
[data, scale] = mapminmax(flow(201:end, :)', 0, 1);
for k = 1:2
    tic
    X = cell(length(data) - 12, 1);
    for j = 1:length(data) - 12
        X{j, 1} = data(j:j+11, :);
    end
    Y = data(13:end, k);
    layers = [
        sequenceInputLayer(6)
        lstmLayer(8, 'OutputMode', 'last')
        fullyConnectedLayer(1)
        regressionLayer];
    options = trainingOptions('adam', 'MaxEpochs', 100, 'Verbose', 0);
    net = trainNetwork(X, Y, layers, options);
    [net, simulated] = predictAndUpdateState(net, X, 'ExecutionEnvironment', 'cpu');
    difference{k, 1} = simulated' - Y';
    result(k, :) = metrics(difference{k, 1}, Y);
    every{1, k} = result;
    toc
end
mean = zeros(5, 6);
for k = 1:2
    mean = mean + every{1, k};
end
save results.mat mean
"""
