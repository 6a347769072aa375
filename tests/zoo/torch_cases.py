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
    build: the expression that makes it, `name()` by default. inputs: shapes with the batch, by the
    names of the arguments of `forward`. whole: the inputs that are whole numbers, such as tokens.
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
        object.__setattr__(self, "build", self.build or f"{self.name}()")
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
    Case("resnet", "resnext50_32x4d", image(3, 224), parameters=25_028_904),
    Case("densenet121", "densenet121", image(3, 224), parameters=7_978_856),
    Case("mobilenet_v2", "MobileNetV2", image(3, 224), parameters=3_504_872, macs=300_774_272),
    Case("mobilenet_v3_small", "model", image(3, 224), "MobileNetV3()", parameters=2_542_856),
    Case("shufflenet_v2", "shufflenet_v2_x1_0", image(3, 224), parameters=2_278_604),
    Case("efficientnet_b0", "efficientnet_b0", image(3, 224), parameters=5_288_548),
    Case("convnext_tiny", "convnext_tiny", image(3, 224), parameters=28_589_128),
    Case("vit_small", "vit_small_cifar", {"img": (2, 3, 32, 32)}),
]
