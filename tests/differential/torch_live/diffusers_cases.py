"""Networks of diffusers, in small configurations."""

from __future__ import annotations

from typing import Any

from .cases import Case

DOWN = ("DownEncoderBlock2D", "DownEncoderBlock2D")
UP = ("UpDecoderBlock2D", "UpDecoderBlock2D")
CODERS = {"down_block_types": DOWN, "up_block_types": UP}


def net(
    class_name: str,
    shape: tuple[int, ...],
    parameter: str = "sample",
    *,
    more: dict[str, tuple[int, ...]] | None = None,
    whole: tuple[str, ...] = (),
    **arguments: Any,
) -> Case:
    """A network with one main input, and more of them by name."""
    inputs = {parameter: shape, **(more or {})}
    return Case("diffusers", class_name, inputs, arguments, whole=whole)


CASES = [
    net(
        "UNet2DModel",
        (3, 64, 64),
        more={"timestep": ()},
        sample_size=64,
        block_out_channels=(64, 128, 128, 256),
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
    ),
    net(
        "UNet2DConditionModel",
        (4, 32, 32),
        more={"timestep": (), "encoder_hidden_states": (77, 256)},
        sample_size=32,
        block_out_channels=(64, 128, 128, 128),
        cross_attention_dim=256,
        attention_head_dim=8,
    ),
    net(
        "UNet3DConditionModel",
        (4, 8, 32, 32),
        more={"timestep": (), "encoder_hidden_states": (77, 256)},
        sample_size=32,
        block_out_channels=(32, 64, 64, 64),
        cross_attention_dim=256,
        attention_head_dim=8,
        norm_num_groups=8,
    ),
    net("AutoencoderKL", (3, 64, 64), block_out_channels=(64, 128), sample_size=64, **CODERS),
    net(
        "AsymmetricAutoencoderKL",
        (3, 64, 64),
        down_block_out_channels=(32, 64),
        up_block_out_channels=(32, 64),
        **CODERS,
    ),
    net("AutoencoderTiny", (3, 64, 64)),
    net("VQModel", (3, 64, 64), block_out_channels=(64, 128), **CODERS),
    net(
        "UNet1DModel",
        (14, 64),
        more={"timestep": ()},
        in_channels=14,
        out_channels=14,
        block_out_channels=(32, 64, 128),
        down_block_types=("DownResnetBlock1D",) * 3,
        up_block_types=("UpResnetBlock1D",) * 2,
        mid_block_type="MidResTemporalBlock1D",
        out_block_type="OutConv1DBlock",
        act_fn="swish",
        time_embedding_type="positional",
        use_timestep_embedding=True,
        layers_per_block=1,
    ),
    net(
        "DiTTransformer2DModel",
        (4, 32, 32),
        "hidden_states",
        more={"timestep": (), "class_labels": ()},
        whole=("timestep", "class_labels"),
        num_layers=2,
        sample_size=32,
    ),
]
