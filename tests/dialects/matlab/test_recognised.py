"""MATLAB code is told from Python code by its words."""

from __future__ import annotations

import pytest

from convwise.dialects.matlab.recognised import is_matlab

IS = (
    "layers = [imageInputLayer([28 28 1]); reluLayer];",
    "convolution2dLayer(3, 4)",
    "lgraph = layerGraph(layers);",
    "net = dlnetwork(layers);",
    "layers = [\n    featureInputLayer(3)\n    reluLayer\n    softmaxLayer];",
)
IS_NOT = (
    "x = 1",
    "model = Sequential([Conv2D(3, 3)])",
    "import keras\ninputLayer = keras.Input((3,))\nx = Dense(3)(inputLayer)",
    "inputLayer = Input((3,))\nx = Dense(3)(inputLayer)",
    "class reluLayer(nn.Module):\n    pass",
    "def make():\n    return layerGraph(3)",
    "x = tf.reluLayer(3)",
)


@pytest.mark.parametrize("text", IS)
def test_matlab(text: str) -> None:
    assert is_matlab(text)


@pytest.mark.parametrize("text", IS_NOT)
def test_other_code(text: str) -> None:
    assert not is_matlab(text)
