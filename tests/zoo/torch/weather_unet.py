"""A U-Net for global weather fields: longitude is circular, latitude is not; predicts the change."""
from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn
import torch.nn.functional as F


@dataclass
class WeatherConfig:
    variables: int = 6
    levels: int = 4
    history: int = 2
    constants: int = 3
    widths: list[int] = field(default_factory=lambda: [32, 64, 128])
    depth: int = 2
    norm_groups: int = 8
    activation: str = "silu"

    @property
    def in_channels(self) -> int:
        return self.variables * self.levels * self.history + self.constants

    @property
    def out_channels(self) -> int:
        return self.variables * self.levels


ACTIVATIONS = {"silu": nn.SiLU, "gelu": nn.GELU, "relu": nn.ReLU}


class SphereConv2d(nn.Module):
    """Pads longitude circularly and latitude by repetition, then convolves."""

    def __init__(self, cin: int, cout: int, kernel: int = 3, stride: int = 1):
        super().__init__()
        self.pad = kernel // 2
        self.conv = nn.Conv2d(cin, cout, kernel, stride=stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.pad > 0:
            x = F.pad(x, (self.pad, self.pad, 0, 0), mode="circular")
            x = F.pad(x, (0, 0, self.pad, self.pad), mode="replicate")
        return self.conv(x)


class ResBlock(nn.Module):
    def __init__(self, cin, cout, cfg: WeatherConfig):
        super().__init__()
        act = ACTIVATIONS[cfg.activation]
        self.net = nn.Sequential(
            nn.GroupNorm(cfg.norm_groups, cin), act(), SphereConv2d(cin, cout),
            nn.GroupNorm(cfg.norm_groups, cout), act(), SphereConv2d(cout, cout),
        )
        self.skip = nn.Conv2d(cin, cout, 1) if cin != cout else nn.Identity()

    def forward(self, x):
        return self.net(x) + self.skip(x)


class WeatherUNet(nn.Module):
    def __init__(self, cfg: WeatherConfig | None = None):
        super().__init__()
        cfg = cfg or WeatherConfig()
        self.cfg = cfg
        w = cfg.widths
        self.stem = SphereConv2d(cfg.in_channels, w[0], kernel=7)
        self.downs, self.ups = nn.ModuleList(), nn.ModuleList()
        for i, width in enumerate(w):
            blocks = nn.ModuleList([ResBlock(width, width, cfg) for _ in range(cfg.depth)])
            down = SphereConv2d(width, w[i + 1], stride=2) if i + 1 < len(w) else nn.Identity()
            self.downs.append(nn.ModuleDict({"blocks": blocks, "down": down}))
        for i in reversed(range(len(w) - 1)):
            self.ups.append(nn.ModuleDict({
                "up": nn.ConvTranspose2d(w[i + 1], w[i], 2, stride=2),
                "block": ResBlock(2 * w[i], w[i], cfg),
            }))
        self.head = nn.Conv2d(w[0], cfg.out_channels, 1)

    def forward(self, state: torch.Tensor, constants: torch.Tensor) -> torch.Tensor:
        # state: (batch, history, variables * levels, lat, lon); constants: (batch, k, lat, lon)
        last = state[:, -1]
        x = torch.cat([state.flatten(1, 2), constants], dim=1)
        x = self.stem(x)
        skips = []
        for stage in self.downs:
            for block in stage["blocks"]:
                x = block(x)
            skips.append(x)
            x = stage["down"](x)
        skips.pop()
        for stage in self.ups:
            x = stage["up"](x)
            x = stage["block"](torch.cat((x, skips.pop()), dim=1))
        return last + self.head(x)


if __name__ == "__main__":
    model = WeatherUNet(WeatherConfig())
    state = torch.randn(1, 2, 24, 64, 128)
    constants = torch.randn(1, 3, 64, 128)
    print(model(state, constants).shape)
