"""Live networks computed in NumPy with their own weights: PyTorch's numbers in float64."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import convwise
from convwise.dialects.torch.live.nested import tensors_of

from .cases import quietly

Shape = tuple[int, ...]


def monai(name: str, **arguments: Any) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        import monai.networks.nets

        return getattr(monai.networks.nets, name)(**arguments)

    return make


def transformers(name: str, config: str, **arguments: Any) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        import transformers

        return getattr(transformers, name)(getattr(transformers, config)(**arguments))

    return make


def coder() -> nn.Module:
    """Encoder and decoder of a diffusion network."""
    import diffusers

    return diffusers.AutoencoderKL(
        block_out_channels=(8, 16),
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    )


def encoder() -> nn.Module:
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)


SMALL = {"hidden_sizes": [8, 16, 16, 16], "depths": [1, 1, 1, 1]}
NETWORKS: dict[str, tuple[Callable[[], nn.Module], Shape]] = {
    "lstm": (lambda: nn.LSTM(4, 8, 2, batch_first=True, bidirectional=True), (2, 5, 4)),
    "encoder": (encoder, (2, 5, 8)),
    "segresnet": (
        monai("SegResNet", spatial_dims=2, init_filters=8, in_channels=1, out_channels=2),
        (1, 1, 32, 32),
    ),
    "unet over volumes": (
        monai(
            "UNet",
            spatial_dims=3,
            in_channels=1,
            out_channels=2,
            channels=(4, 8, 16),
            strides=(2, 2),
            num_res_units=2,
        ),
        (1, 1, 16, 16, 16),
    ),
    "convnextv2": (
        transformers("ConvNextV2ForImageClassification", "ConvNextV2Config", **SMALL),
        (2, 3, 64, 64),
    ),
    "mobilenetv2": (
        transformers(
            "MobileNetV2ForImageClassification", "MobileNetV2Config", depth_multiplier=0.35
        ),
        (2, 3, 64, 64),
    ),
    "vit": (
        transformers(
            "ViTForImageClassification",
            "ViTConfig",
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            image_size=32,
            patch_size=8,
        ),
        (2, 3, 32, 32),
    ),
    "autoencoder": (coder, (2, 3, 16, 16)),
}
FAST = ("lstm", "encoder")


def marked(name: str) -> object:
    """Those of other packages are slow to import."""
    return pytest.param(name, marks=[] if name in FAST else [pytest.mark.slow])


@pytest.mark.parametrize("name", [marked(name) for name in NETWORKS])
def test_a_live_network_computes_what_pytorch_computes(name: str):
    make, shape = NETWORKS[name]
    torch.manual_seed(0)
    with quietly():
        module = make().double().eval()
        for parameter in module.parameters():
            parameter.data.normal_(0, 0.1)
        x = torch.randn(shape, dtype=torch.float64)
        first = next(iter(signature(module.forward).parameters))
        found = convwise.read(module, {first: x}).run(x.numpy())
        with torch.no_grad():
            wanted = tensors_of(module(x))
    ours = found if isinstance(found, tuple) else (found,)
    assert len(ours) == len(wanted)
    for one, two in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(one, two.numpy(), rtol=1e-6, atol=1e-9)
