"""The table of the PyTorch zoo: which network of which file on which inputs; it runs none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

FOLDER = Path(__file__).parent / "torch"
BATCH = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One network of one file.

    file: without its ending. name: what the file calls it, a class, a function or a variable.
    build: an expression that makes it, by default the name; what is no module yet is called.
    inputs: shapes with the batch, by the names of the arguments of `forward`.
    whole: the inputs that are whole numbers, such as tokens.
    parameters, macs: published totals; macs for one example, None where no one has published them.
    """

    file: str
    name: str
    inputs: dict[str, tuple[int, ...]]
    build: str = ""
    whole: tuple[str, ...] = ()
    parameters: int | None = None
    macs: int | None = None
    slow: bool = False
    id: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "build", self.build or self.name)
        object.__setattr__(self, "id", self.id or f"{self.file}:{self.name}")

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.file}.py"

    def tensors(self) -> list[torch.Tensor]:
        """Inputs without storage."""
        return [
            torch.empty(shape, device="meta", dtype=torch.int64 if key in self.whole else None)
            for key, shape in self.inputs.items()
        ]


def image(channels: int, height: int, width: int | None = None) -> dict[str, tuple[int, ...]]:
    """A batch of images for an argument called x; square when no width is given."""
    return {"x": (BATCH, channels, height, width or height)}


def video(channels: int, frames: int, height: int) -> dict[str, tuple[int, ...]]:
    """A batch of square volumes or films for an argument called x."""
    return {"x": (BATCH, channels, frames, height, height)}


CASES: list[Case] = [
    Case("lenet5", "Net", image(1, 32), parameters=61_706),
    Case("vgg16", "vgg16", image(3, 224), parameters=138_357_544, macs=15_470_264_320),
    Case("resnet", "resnet18", image(3, 224), parameters=11_689_512, macs=1_814_073_344),
    Case("resnet", "resnet50", image(3, 224), parameters=25_557_032, macs=4_089_184_256),
    Case("resnet", "resnext50_32x4d", image(3, 224), parameters=25_028_904, macs=4_230_479_872),
    Case("densenet121", "densenet121", image(3, 224), parameters=7_978_856),
    Case("mobilenet_v2", "MobileNetV2", image(3, 224), parameters=3_504_872, macs=300_774_272),
    Case("mobilenet_v3_small", "model", image(3, 224), "MobileNetV3()", parameters=2_542_856),
    Case(
        "shufflenet_v2", "shufflenet_v2_x1_0", image(3, 224), parameters=2_278_604, macs=144_907_992
    ),
    Case("efficientnet_b0", "efficientnet_b0", image(3, 224), parameters=5_288_548),
    Case("convnext_tiny", "convnext_tiny", image(3, 224), parameters=28_589_128),
    Case("vit_small", "vit_small_cifar", {"img": (2, 3, 32, 32)}),
    Case("swin_small", "SwinTransformer", image(3, 64)),
    Case("unet", "net", image(3, 572), "UNet(3, 2)", parameters=31_037_698),
    Case("unet", "small", image(3, 96, 101), "UNet(3, 1, bilinear=True)"),
    Case("unet3d", "UNet3D", video(1, 32, 64)),
    Case("vnet", "model", video(1, 32, 64), "VNet(elu=False, nll=True)"),
    Case("dcgan", "netG", {"input": (2, 100, 1, 1)}, "netG", parameters=3_576_704),
    Case("dcgan", "netD", {"input": (2, 3, 64, 64)}, "netD", parameters=2_765_568),
    Case("cyclegan_generator", "define_G", {"input": (2, 3, 256, 256)}, parameters=11_378_179),
    Case("wavenet", "WaveNet", {"samples": (2, 4000)}, whole=("samples",)),
    Case("tcn", "TCN", {"inputs": (2, 1, 784)}),
    Case("crnn", "crnn", {"input": (2, 1, 32, 100)}, "CRNN(32, 1, 37, 256)"),
    Case("convlstm_forecaster", "EncoderDecoderConvLSTM", {"x": (2, 6, 1, 64, 64)}),
    Case("simvp", "model", {"x_raw": (2, 10, 1, 64, 64)}, "SimVP((10, 1, 64, 64))"),
    Case("predrnn", "build", {"frames": (2, 6, 16, 16, 16)}),
    Case("r2plus1d", "r2plus1d_18", video(3, 16, 112), parameters=31_505_325),
    Case("slowfast", "model", {"input": (2, 3, 64, 112, 112)}, "SlowFast(class_num=101)"),
    Case("c3d", "net", video(3, 16, 112), "C3D(101)", parameters=78_409_573),
    Case("i3d", "InceptionI3d", video(3, 16, 224), parameters=12_697_264),
    Case("fpn", "FPN101", image(3, 600, 900)),
    Case("yolo", "model", image(3, 416), "YOLOv3(num_classes=20)"),
    Case("ssd", "build_ssd", image(3, 300), parameters=26_285_486),
    Case("deeplabv3", "DeepLabV3", image(3, 513)),
    Case("hrnet", "HRNet", image(3, 256, 192)),
    Case("srresnet", "netG", image(3, 54, 96), "Generator(4)", parameters=734_219),
    Case("rrdb_esrgan", "model", image(3, 64), "RRDBNet(3, 3, 64, 23)", parameters=16_697_987),
    Case("stylegan_block", "Generator", {"z": (2, 64)}),
    Case("siamese", "SiameseNetwork", {"x1": (2, 1, 105, 105), "x2": (2, 1, 105, 105)}),
    Case("vae", "model", {"input": (2, 3, 64, 64)}, "VanillaVAE(3, 128)"),
    Case("realnvp", "RealNVP", image(3, 32)),
    Case("squeezenet", "squeezenet1_0", image(3, 224), parameters=1_248_424),
    Case("squeezenet", "squeezenet1_1", image(3, 224), parameters=1_235_496, macs=349_151_936),
    Case("googlenet", "plain", image(3, 224), parameters=6_624_904),
    Case("googlenet", "shifted", image(3, 224), parameters=13_004_888),
    Case("dncnn", "DnCNN", image(1, 180)),
    Case("text_cnn", "model", {"x": (2, 32)}, whole=("x",)),
    Case("gru_classifier", "SequenceClassifier", {"x": (2, 24, 8)}),
    Case("conv_autoencoder", "autoencoder", image(1, 28)),
    Case("conv_autoencoder", "mlp", image(1, 28)),
    Case("nowcast_pair", "volume", {"x": (2, 1, 16, 1024, 1024)}),
    Case("nowcast_pair", "planar", {"x": (2, 1, 16, 1024, 1024)}),
    Case(
        "weather_unet",
        "WeatherUNet",
        {"state": (2, 2, 24, 64, 128), "constants": (2, 3, 64, 128)},
    ),
    Case("mlp_mixer", "model", image(3, 128)),
    Case("transformer_classifier", "TransformerClassifier", {"src": (2, 64)}, whole=("src",)),
    Case("se_resnet", "se_resnet20", image(3, 32)),
    Case("cbam", "Net", image(3, 64)),
    Case(
        "multi_io",
        "MultiNet",
        {"image": (2, 3, 64, 64), "features": (2, 12), "text": (2, 20)},
        whole=("text",),
    ),
    Case("lazy", "model", image(3, 40)),
    Case("recurrent_refinement", "Refiner", {"image": (2, 3, 64, 96)}),
    Case("pix2pix", "G", {"input": (2, 3, 256, 256)}, parameters=54_413_955),
    Case("pix2pix", "D", {"input": (2, 6, 256, 256)}, parameters=2_768_705),
    Case("pointnet", "build", {"x": (2, 3, 2500)}),
    Case("dqn", "net", image(4, 84), "DQN((4, 84, 84), 6)"),
    Case("lstm_forecast", "model", {"x": (2, 28, 28)}, "RNN(28, 128, 2, 12)"),
    Case("lstm_forecast", "CNNLSTM", {"clip": (2, 8, 1, 64, 64)}),
    Case("ddpm_unet", "model", {"x": (2, 1, 32, 32), "time": (2,)}, whole=("time",)),
    Case("res2net", "res2net50", image(3, 224)),
    Case("hourglass", "HourglassNet", image(3, 256)),
    Case("alexnet", "AlexNet", image(3, 224), parameters=61_100_840, macs=714_188_480),
    Case("detr", "detr", {"inputs": (2, 3, 320, 480)}),
    Case("eegnet", "EEGNet", {"x": (2, 22, 1000)}),
    Case("finetune", "backbone", image(3, 160)),
    Case("finetune", "extractor", image(3, 160)),
    Case("finetune", "embedder", image(3, 160)),
    Case(
        "annotated_transformer",
        "make_model",
        {"src": (2, 10), "tgt": (2, 12)},
        whole=("src", "tgt"),
    ),
    Case("lightning_style", "SongNet", {"x": (2, 1, 16000)}),
    Case(
        "nafnet",
        "net",
        {"inp": (2, 3, 100, 132)},
        "NAFNet(enc_blk_nums=[1, 1, 2], dec_blk_nums=[1, 1, 1])",
    ),
]
