"""Networks of transformers, made of their configurations: no weights are loaded."""

from __future__ import annotations

from typing import Any

from .cases import Case

LAYERS = {"num_hidden_layers": 4}


def image(
    family: str, task: str = "ForImageClassification", size: int = 224, **arguments: Any
) -> Case:
    """A network on square images of three channels."""
    return Case(
        "transformers",
        f"{family}{task}",
        {"pixel_values": (3, size, size)},
        arguments,
        f"{family}Config",
    )


def video(family: str, frames: int) -> Case:
    """A network on films of three channels, frames first."""
    return Case(
        "transformers",
        f"{family}ForVideoClassification",
        {"pixel_values": (frames, 3, 112, 112)},
        {"image_size": 112, **LAYERS},
        f"{family}Config",
    )


def text(class_name: str, config: str, **arguments: Any) -> Case:
    """A network on 64 tokens."""
    return Case(
        "transformers", class_name, {"input_ids": (64,)}, arguments, config, whole=("input_ids",)
    )


CASES = [
    image("ResNet"),
    image("ConvNext"),
    image("ConvNextV2"),
    image("RegNet"),
    image("MobileNetV1"),
    image("MobileNetV2"),
    image("EfficientNet", image_size=224),
    image("Bit"),
    image("PoolFormer"),
    image("Segformer", "ForSemanticSegmentation", 128),
    image("ViT", **LAYERS),
    image("DeiT", **LAYERS),
    image("Beit", **LAYERS),
    image("Swin"),
    image("Swinv2", size=256, image_size=256, window_size=8),
    image(
        "Swin2SR",
        "ForImageSuperResolution",
        64,
        depths=[2, 2],
        num_heads=[6, 6],
        embed_dim=60,
    ),
    image("Cvt"),
    image("Levit"),
    image("Pvt"),
    image("PvtV2"),
    image("FocalNet"),
    image("MobileViT", size=256),
    image("Hiera"),
    image("Dinov2", "Model", **LAYERS),
    image("DPT", "ForDepthEstimation", 384),
    image("CLIPVision", "Model", **LAYERS),
    video("VideoMAE", 16),
    video("Timesformer", 8),
    text("BertModel", "BertConfig", **LAYERS),
    text("DistilBertModel", "DistilBertConfig", n_layers=3),
    Case(
        "transformers",
        "GPT2LMHeadModel",
        {"input_ids": (64,), "attention_mask": (64,)},
        {"n_layer": 4, "use_cache": False, "attn_implementation": "eager"},
        "GPT2Config",
        whole=("input_ids",),
        true=("attention_mask",),
    ),
    Case(
        "transformers",
        "Wav2Vec2Model",
        {"input_values": (16000,)},
        LAYERS,
        "Wav2Vec2Config",
    ),
    Case(
        "transformers",
        "WhisperModel",
        {"input_features": (80, 3000)},
        {"encoder_layers": 2, "decoder_layers": 2},
        "WhisperConfig",
        part="encoder",
        name="WhisperModel, encoder",
    ),
]
