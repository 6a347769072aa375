"""Networks to be run by plans: chains and graphs with everything that recomputing could break."""

from __future__ import annotations

import torch
from torch import nn


class Block(nn.Module):
    """A residual block with batch statistics and dropout."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.b1 = nn.BatchNorm2d(channels)
        self.c2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.d = nn.Dropout(0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.b1(self.c1(x)).relu()
        return self.d(self.c2(y)) + x


class UNet(nn.Module):
    """Two levels with skips that live for long, batch statistics without a momentum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(2, channels, 3, padding=1), nn.ReLU())
        self.down2 = nn.Sequential(
            nn.MaxPool2d(2),
            nn.Conv2d(channels, 2 * channels, 3, padding=1),
            nn.BatchNorm2d(2 * channels, momentum=None),
            nn.ReLU(),
        )
        self.middle = nn.Sequential(
            nn.MaxPool2d(2), nn.Conv2d(2 * channels, 2 * channels, 3, padding=1), nn.ReLU()
        )
        self.up1 = nn.ConvTranspose2d(2 * channels, 2 * channels, 2, stride=2)
        self.mix1 = nn.Sequential(
            nn.Conv2d(4 * channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()
        )
        self.up2 = nn.ConvTranspose2d(channels, channels, 2, stride=2)
        self.mix2 = nn.Conv2d(2 * channels, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.down1(x)
        second = self.down2(first)
        inner = self.up1(self.middle(second))
        inner = self.mix1(torch.cat([inner, second], 1))
        return self.mix2(torch.cat([self.up2(inner), first], 1))


def chain(channels: int = 8, depth: int = 3) -> nn.Module:
    """A chain of convolutions without batch statistics."""
    layers: list[nn.Module] = [nn.Conv2d(3, channels, 3, padding=1), nn.ReLU()]
    for _ in range(depth):
        layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(channels, 1, 1))


def residual(channels: int = 8) -> nn.Module:
    """Residual blocks, pooling, a dense layer."""
    return nn.Sequential(
        nn.Conv2d(3, channels, 3),
        Block(channels),
        nn.MaxPool2d(2),
        Block(channels),
        nn.Flatten(),
        nn.Linear(channels * 49, 3),
    )
