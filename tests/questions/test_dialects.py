"""Every question's network is the same in every dialect, up to layout: code, files, live models.

The largest ones stay out where a framework would compute or store them: nothing else differs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import convwise
from convwise.network import Network
from tests.questions.codes import KERAS_MNIST, MATLAB, TENSORFLOW1
from tests.questions.models import INPUTS, TORCH, channels_first, keras_model, torch_module

#: An export traces the network on real tensors: fields of 1024 x 1024 are made smaller there.
EXPORTED = ("feature_maps", "input_channels", "cifar10")


def example(name: str) -> Network:
    """The shipped example, as Keras code."""
    name = name.replace("pooling_same", "pooling_same_keras")
    return convwise.read(f"example:{name}")


def agree(one: Network, two: Network) -> None:
    """The same canonical graph and the same numbers."""
    assert one.difference(two) is None
    first, second = [net.summary().answer.totals for net in (one, two)]
    assert first.parameters == second.parameters
    assert first.cost == second.cost


@pytest.mark.parametrize("name", TENSORFLOW1)
def test_tensorflow1_code(name: str) -> None:
    net = convwise.read(TENSORFLOW1[name])
    assert net.graph.dialect == "tensorflow1"
    agree(example(name), net)


@pytest.mark.parametrize("name", MATLAB)
def test_matlab_code(name: str) -> None:
    net = convwise.read(MATLAB[name])
    assert net.graph.dialect == "matlab"
    agree(example(name), net)


def test_the_examples_in_their_askers_dialects() -> None:
    pooling, mnist = [
        convwise.read(f"example:{name}") for name in ("pooling_same", "mnist_weights")
    ]
    assert (pooling.graph.dialect, mnist.graph.dialect) == ("matlab", "tensorflow1")
    agree(pooling, convwise.read("example:pooling_same_keras"))
    agree(mnist, convwise.read(KERAS_MNIST))
    # A vector made an image has its channels last in one and first in the other: of the graph
    # behind it only the numbers are compared.
    torch = convwise.read("example:mnist_weights_torch").summary().answer.totals
    assert torch.parameters == mnist.summary().answer.totals.parameters == 3_274_634
    assert torch.cost == mnist.summary().answer.totals.cost


@pytest.mark.parametrize("name", INPUTS)
def test_live_keras_models_and_their_files(name: str, tmp_path: Path) -> None:
    model = keras_model(name)
    agree(example(name), convwise.read(model))
    (tmp_path / "model.json").write_text(model.to_json(), "utf-8")
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")
    for file in ("model.json", "model.keras", "model.h5"):
        agree(example(name), convwise.read(tmp_path / file))


@pytest.mark.parametrize("name", TORCH)
def test_live_pytorch_modules(name: str) -> None:
    agree(example(name), convwise.read(torch_module(name), input=channels_first(name)))


@pytest.mark.parametrize("name", EXPORTED)
def test_files_that_pytorch_exports(name: str, tmp_path: Path) -> None:
    import torch

    module = torch_module(name).eval()
    x = torch.zeros(2, *channels_first(name))
    batch = torch.export.Dim("batch")
    program = torch.export.export(module, (x,), dynamic_shapes=({0: batch},))
    torch.export.save(program, tmp_path / "model.pt2")
    agree(example(name), convwise.read(tmp_path / "model.pt2"))
    agree(example(name), convwise.read(program))
    torch.onnx.export(
        module,
        (x,),
        tmp_path / "model.onnx",
        input_names=["x"],
        dynamic_shapes=({0: batch},),
        dynamo=True,
        verbose=False,
    )
    read = convwise.read(tmp_path / "model.onnx")
    if name != "cifar10":
        agree(example(name), read)
        return
    # ONNX holds a network after training: dropout is not in it.
    ours, theirs = [net.summary().answer.totals for net in (read, example(name))]
    assert ours.parameters == theirs.parameters
    assert ours.cost[:3] == theirs.cost[:3]
