"""Networks of MONAI for medical images, most of them over volumes."""

from __future__ import annotations

from typing import Any

from .cases import Case

VOLUME = (1, 64, 64, 64)


def net(
    class_name: str,
    shape: tuple[int, ...],
    parameter: str = "x",
    *,
    name: str = "",
    unknown: tuple[str, ...] = (),
    **arguments: Any,
) -> Case:
    """A network with one input."""
    return Case(
        "monai.networks.nets",
        class_name,
        {parameter: shape},
        arguments,
        name=name,
        unknown=unknown,
    )


def volume(class_name: str, parameter: str = "x", *, name: str = "", **arguments: Any) -> Case:
    """A network over a volume of one channel."""
    given = {"spatial_dims": 3, "in_channels": 1, **arguments}
    return net(class_name, VOLUME, parameter, name=name, **given)


_STEPS = {"channels": (16, 32, 64), "strides": (2, 2)}

CASES = [
    volume(
        "UNet",
        name="UNet 3-D",
        out_channels=2,
        channels=(16, 32, 64, 128, 256),
        strides=(2, 2, 2, 2),
        num_res_units=2,
    ),
    net("BasicUNet", (1, 96, 96), name="BasicUNet 2-D", spatial_dims=2),
    volume("BasicUNet", name="BasicUNet 3-D"),
    net("BasicUNetPlusPlus", (1, 96, 96), spatial_dims=2),
    volume("SegResNet", init_filters=16),
    net("SegResNetVAE", VOLUME, input_image_size=(64, 64, 64)),
    net("VNet", VOLUME),
    volume(
        "DynUNet",
        out_channels=2,
        kernel_size=[3, 3, 3, 3],
        strides=[1, 2, 2, 2],
        upsample_kernel_size=[2, 2, 2],
    ),
    volume("DenseNet121", name="DenseNet121 3-D", out_channels=2),
    net("resnet18", VOLUME, name="ResNet-18 3-D", spatial_dims=3, n_input_channels=1),
    net("resnet50", VOLUME, name="ResNet-50 3-D", spatial_dims=3, n_input_channels=1),
    net("SENet154", (3, 96, 96), spatial_dims=2, in_channels=3, num_classes=4),
    volume("SEResNet50", name="SEResNet50 3-D", num_classes=4),
    net(
        "EfficientNetBN",
        (3, 224, 224),
        "inputs",
        model_name="efficientnet-b0",
        pretrained=False,
    ),
    net("UNETR", (1, 96, 96, 96), "x_in", in_channels=1, out_channels=2, img_size=(96, 96, 96)),
    net("SwinUNETR", VOLUME, "x_in", in_channels=1, out_channels=2, feature_size=24),
    net(
        "AutoEncoder",
        (1, 64, 64),
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        channels=(16, 32, 64),
        strides=(2, 2, 2),
    ),
    net("HighResNet", (1, 32, 32, 32), spatial_dims=3, in_channels=1, out_channels=3),
    net(
        "RegUNet",
        (2, 64, 64, 64),
        spatial_dims=3,
        in_channels=2,
        num_channel_initial=16,
        depth=3,
        out_channels=3,
    ),
    net(
        "GlobalNet",
        (2, 64, 64, 64),
        image_size=(64, 64, 64),
        spatial_dims=3,
        in_channels=2,
        num_channel_initial=8,
        depth=3,
    ),
    volume("AttentionUnet", out_channels=2, **_STEPS),
    net(
        "FlexibleUNet",
        (3, 64, 64),
        "inputs",
        in_channels=3,
        out_channels=2,
        backbone="efficientnet-b0",
    ),
    net(
        "ViT",
        (1, 96, 96, 96),
        in_channels=1,
        img_size=(96, 96, 96),
        patch_size=(16, 16, 16),
        classification=True,
    ),
    net(
        "ViTAutoEnc",
        (1, 96, 96, 96),
        in_channels=1,
        img_size=(96, 96, 96),
        patch_size=(16, 16, 16),
    ),
    net("MedNeXtSmall", VOLUME, in_channels=1, out_channels=2),
    net("Quicknat", (1, 64, 64), "input", num_classes=4),
    net("PatchDiscriminator", (3, 128, 128), spatial_dims=2, in_channels=3, channels=32),
    Case(
        "monai.networks.nets",
        "DiffusionModelUNet",
        {"x": (1, 64, 64), "timesteps": ()},
        {
            "spatial_dims": 2,
            "in_channels": 1,
            "out_channels": 1,
            "channels": (32, 64, 64),
            "attention_levels": (False, True, True),
            "num_head_channels": (0, 32, 32),
            "num_res_blocks": 1,
        },
        whole=("timesteps",),
    ),
    net(
        "AutoencoderKL",
        (1, 64, 64),
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        channels=(32, 64, 64),
        latent_channels=3,
        num_res_blocks=1,
        attention_levels=(False, False, True),
    ),
    net(
        "VQVAE",
        (1, 64, 64),
        "images",
        unknown=("histc",),
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        channels=(32, 64),
        num_res_channels=(32, 64),
        downsample_parameters=((2, 4, 1, 1), (2, 4, 1, 1)),
        upsample_parameters=((2, 4, 1, 1, 0), (2, 4, 1, 1, 0)),
    ),
]
