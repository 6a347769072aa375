"""The Keras zoo, exported to ONNX by Keras on PyTorch's backend and read back: totals are equal.

Keras's exporter writes layers as arithmetic between transposes, so that forms are not compared.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from convwise.dialects.onnx.read_file import read_file
from convwise.network import Network

from . import oracle
from .executed import TWINS, files
from .onnx_export import Quiet
from .stand_ins import stand_ins

_NO_PLACES = "Keras's layer normalisation asks for shapes in a way that the exporter refuses"
_NO_LAYOUT = "Keras's 3-D convolution asks for a memory format that the exporter refuses"
_OWN = "a Lambda of another backend"
_CLASS = "a class of its own does not say its inputs"
_SIZES = "its input has a free size, which Keras's exporter fixes"
_LARGE = "more than 30 million parameters"

#: What is not exported, and why.
NOT_EXPORTED = {
    "alexnet": _LARGE,
    "augmentation_front": "random layers are not exported",
    "c3d": _LARGE,
    "convlstm_forecaster": _NO_LAYOUT,
    "convnext_tiny": _NO_PLACES,
    "dncnn": _SIZES,
    "dueling_dqn": _OWN,
    "espcn": _SIZES,
    "fcn8s": _LARGE,
    "keras1_cifar": "its twin is",
    "r2plus1d": _NO_LAYOUT,
    "resnet18_blocks": _CLASS,
    "shufflenet": _OWN,
    "siamese": _LARGE,
    "srresnet": _SIZES,
    "tcn": _CLASS,
    "text_transformer": _NO_PLACES,
    "unet": _LARGE,
    "unet3d": "the exporter runs it, which takes minutes",
    "unet_symbolic": _LARGE,
    "vae": "random numbers are not exported",
    "vgg16": _LARGE,
    "vit_tiny": _NO_PLACES,
    "vnet": _LARGE,
    "wavenet": _SIZES,
    "xception": "Keras's separable convolution casts in a way that the exporter refuses",
    "yolo_v2": _LARGE,
}
EXPORTED = [path for path in files() if path.stem not in NOT_EXPORTED]


def live(path: Path) -> dict[str, Any]:
    """The networks of a file with weights that all differ."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    source = path.with_name(TWINS.get(path.name, path.name))
    with stand_ins(str(source)):
        found = oracle._networks(oracle._execute(source))
    draw = np.random.default_rng(0)
    for model in found.values():
        for weight in model.weights:
            if "float" in str(weight.dtype):
                weight.assign(draw.random(weight.shape, "float32"))
    return found


def exported(model: Any, path: Path) -> Network:
    batch = [np.zeros((2, *one.shape[1:]), str(one.dtype)) for one in model.inputs]
    with Quiet():
        model(batch if len(batch) > 1 else batch[0])
        model.export(path, format="onnx", verbose=False)
    return Network(read_file(path, label=path.name, name=None, inputs={}))


def folded(model: Any) -> int:
    """Variances, which are folded into the scales of batch normalisations, and what Keras counts
    of a layer that only shifts and scales its input.
    """
    total = 0
    for layer in model._flatten_layers():
        if type(layer) is keras.layers.BatchNormalization and layer.scale:
            total += layer.gamma.shape[0]
        if type(layer) is keras.layers.Normalization:
            total += layer.count_params()
    return total


@pytest.mark.slow
@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_a_keras_export_has_the_totals_of_keras(path: Path, tmp_path: Path) -> None:
    for name, model in live(path).items():
        if path.stem == "norm_variety" and name in ("layer", "layer_all", "rms"):
            continue  # not exported
        if path.stem == "pix2pix" and name == "generator":
            continue  # too large
        ours = exported(model, tmp_path / f"{name}.onnx")
        truth = oracle.described(name, model)
        found = ours.summary().to_dict()["totals"]
        assert ours.graph.unknown == ()
        assert found["macs"]["forward"] == truth.macs
        assert found["parameters"] == truth.parameters - folded(model)


def test_a_small_keras_network(tmp_path: Path) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((32, 30, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    ours = exported(model, tmp_path / "small.onnx")
    found = ours.summary().to_dict()["totals"]
    assert found["parameters"] == model.count_params()
    assert found["macs"]["forward"] == 30 * 28 * 8 * 27 + 15 * 14 * 8 * 10
    start = ours.graph.nodes[ours.graph.inputs[0].node]
    assert start.outputs[0].roles == ("batch", "height", "width", "channel")
