"""Solved sizes are those at which the network, read at each size, builds and loses nothing."""

from __future__ import annotations

import pytest

from .oracle import check, some

#: U-Nets, residual, VGG-like, strided, dilated, transposed, 1-D, 3-D, "same", several inputs.
NETWORKS = (
    "tests/zoo/keras/unet.py",
    "tests/zoo/keras/unet_symbolic.py",
    "tests/zoo/keras/attention_unet.py",
    "tests/zoo/keras/hourglass.py",
    "tests/zoo/keras/pix2pix.py",
    "tests/zoo/keras/autoencoder.py",
    "tests/zoo/keras/resnet50.py",
    "tests/zoo/keras/resnet_cifar.py",
    "tests/zoo/keras/vgg16.py",
    "tests/zoo/keras/dueling_dqn.py",
    "tests/zoo/keras/lenet5.py",
    "tests/zoo/keras/squeezenet.py",
    "tests/zoo/keras/ssd300_head.py",
    "tests/zoo/keras/ecg_resnet1d.py",
    "tests/zoo/keras/text_cnn.py",
    "tests/zoo/torch/tcn.py",
    "tests/zoo/torch/lightning_style.py",
    "tests/zoo/keras/c3d.py",
    "tests/zoo/keras/vnet.py",
    "tests/zoo/keras/convlstm_forecaster.py",
    "tests/zoo/keras/multi_input_output.py",
    "tests/zoo/torch/alexnet.py",
    "tests/zoo/torch/conv_autoencoder.py",
    "tests/zoo/torch/dqn.py",
    "tests/zoo/torch/unet3d.py",
    "example:cifar10",
    "example:cifar10_torch",
    "example:conv3d_torch",
)


@pytest.mark.parametrize("source", NETWORKS)
def test_some_sizes(source: str) -> None:
    sizes = some(512, 6, source)
    assert check(source, sizes) == len(sizes)


@pytest.mark.slow
@pytest.mark.parametrize("source", NETWORKS)
def test_every_size_to_512(source: str) -> None:
    assert check(source, list(range(1, 513))) == 512
