"""Searching for MobileNetV3, https://arxiv.org/abs/1905.02244 (small, width 1.0)"""
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F


def make_divisible(v: float, divisor: int = 8) -> int:
    new_v = max(divisor, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int, squeeze: int):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeeze, 1)
        self.fc2 = nn.Conv2d(squeeze, channels, 1)

    def _scale(self, x: torch.Tensor) -> torch.Tensor:
        scale = self.avgpool(x)
        scale = F.relu(self.fc1(scale), inplace=True)
        return F.hardsigmoid(self.fc2(scale))

    def forward(self, x):
        return self._scale(x) * x


@dataclass
class BlockConfig:
    kernel: int
    expanded: int
    out: int
    use_se: bool
    use_hs: bool
    stride: int
    dilation: int = 1


def conv_norm_act(cin, cout, kernel=3, stride=1, groups=1, norm=None, act=None):
    mods = [nn.Conv2d(cin, cout, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
            norm(cout)]
    if act is not None:
        mods.append(act(inplace=True))
    return nn.Sequential(*mods)


class InvertedResidual(nn.Module):
    def __init__(self, cin: int, cfg: BlockConfig, norm):
        super().__init__()
        self.use_res = cfg.stride == 1 and cin == cfg.out
        act = nn.Hardswish if cfg.use_hs else nn.ReLU
        layers = []
        if cfg.expanded != cin:
            layers.append(conv_norm_act(cin, cfg.expanded, 1, norm=norm, act=act))
        layers.append(conv_norm_act(cfg.expanded, cfg.expanded, cfg.kernel, cfg.stride,
                                    groups=cfg.expanded, norm=norm, act=act))
        if cfg.use_se:
            layers.append(SqueezeExcitation(cfg.expanded, make_divisible(cfg.expanded // 4, 8)))
        layers.append(conv_norm_act(cfg.expanded, cfg.out, 1, norm=norm, act=None))
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        result = self.block(x)
        if self.use_res:
            result += x
        return result


SMALL = [
    BlockConfig(3, 16, 16, True, False, 2),
    BlockConfig(3, 72, 24, False, False, 2),
    BlockConfig(3, 88, 24, False, False, 1),
    BlockConfig(5, 96, 40, True, True, 2),
    BlockConfig(5, 240, 40, True, True, 1),
    BlockConfig(5, 240, 40, True, True, 1),
    BlockConfig(5, 120, 48, True, True, 1),
    BlockConfig(5, 144, 48, True, True, 1),
    BlockConfig(5, 288, 96, True, True, 2),
    BlockConfig(5, 576, 96, True, True, 1),
    BlockConfig(5, 576, 96, True, True, 1),
]


class MobileNetV3(nn.Module):
    def __init__(self, configs=SMALL, last_channel=1024, num_classes=1000, dropout=0.2):
        super().__init__()
        norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        layers = [conv_norm_act(3, 16, 3, 2, norm=norm, act=nn.Hardswish)]
        cin = 16
        for cfg in configs:
            layers.append(InvertedResidual(cin, cfg, norm))
            cin = cfg.out
        lastconv = 6 * cin
        layers.append(conv_norm_act(cin, lastconv, 1, norm=norm, act=nn.Hardswish))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(lastconv, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )

    def forward(self, x):
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


model = MobileNetV3()

if __name__ == "__main__":
    dummy = torch.rand(2, 3, 224, 224)
    print(model(dummy).shape)
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))
