"""Weights of a network from Keras start as Keras starts them, those of PyTorch as PyTorch does."""

from __future__ import annotations

import torch

import convwise

KERAS = """
import keras
from keras import layers
model = keras.Sequential([keras.Input((6, 40)), layers.LSTM(30), layers.Dense(50)])
"""
TORCH = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(400, 50)
    def forward(self, x):
        return self.fc(x)
"""


def test_a_dense_layer_of_keras_is_glorot_uniform_without_bias() -> None:
    torch.manual_seed(1)
    dense = convwise.read(KERAS).to_torch().dense
    bound = (6 / (30 + 50)) ** 0.5
    assert not dense.bias.any()
    assert 0.97 * bound < dense.weight.abs().max() <= bound
    assert abs(float(dense.weight.std()) - bound / 3**0.5) < 0.01


def test_an_lstm_of_keras_is_orthogonal_and_forgets_nothing() -> None:
    lstm = convwise.read(KERAS).to_torch().lstm
    across = lstm.weight_hh_l0
    assert torch.allclose(across.T @ across, torch.eye(30), atol=1e-5)
    bias = lstm.bias_ih_l0.chunk(4)
    assert [float(part.mean()) for part in bias] == [0, 1, 0, 0]
    assert "bias_hh_l0" not in dict(lstm.named_parameters())


def test_a_linear_layer_of_pytorch_starts_as_pytorch_does() -> None:
    torch.manual_seed(1)
    linear = convwise.read(TORCH, (400,)).to_torch().fc
    assert 0.97 / 20 < linear.weight.abs().max() <= 1 / 20
    assert linear.bias.any()
