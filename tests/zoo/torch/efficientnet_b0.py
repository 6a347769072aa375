import math
from collections import namedtuple

import torch
import torch.nn as nn

BlockArgs = namedtuple('BlockArgs', ['repeats', 'kernel', 'stride', 'expand', 'in_ch', 'out_ch', 'se_ratio'])

BLOCKS = [
    BlockArgs(1, 3, 1, 1, 32, 16, 0.25),
    BlockArgs(2, 3, 2, 6, 16, 24, 0.25),
    BlockArgs(2, 5, 2, 6, 24, 40, 0.25),
    BlockArgs(3, 3, 2, 6, 40, 80, 0.25),
    BlockArgs(3, 5, 1, 6, 80, 112, 0.25),
    BlockArgs(4, 5, 2, 6, 112, 192, 0.25),
    BlockArgs(1, 3, 1, 6, 192, 320, 0.25),
]


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class ConvBnAct(nn.Module):
    def __init__(self, n_in, n_out, k=3, stride=1, groups=1, bn=True, act=True):
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, kernel_size=k, stride=stride, padding=k // 2,
                              groups=groups, bias=not bn)
        self.bn = nn.BatchNorm2d(n_out, eps=1e-3, momentum=0.01) if bn else nn.Identity()
        self.act = Swish() if act else nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class SEBlock(nn.Module):
    "Squeeze-and-excitation"
    def __init__(self, n_in, n_squeezed):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.se = nn.Sequential(
            nn.Conv2d(n_in, n_squeezed, 1),
            Swish(),
            nn.Conv2d(n_squeezed, n_in, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.se(self.pool(x))


class MBConv(nn.Module):
    def __init__(self, n_in, n_out, expand, k, stride, se_ratio, drop=0.2):
        super().__init__()
        self.skip = stride == 1 and n_in == n_out
        hidden = n_in * expand
        self.expand = ConvBnAct(n_in, hidden, k=1) if expand != 1 else None
        self.depthwise = ConvBnAct(hidden, hidden, k=k, stride=stride, groups=hidden)
        self.se = SEBlock(hidden, max(1, int(n_in * se_ratio)))
        self.project = ConvBnAct(hidden, n_out, k=1, act=False)
        self.dropout = nn.Dropout2d(drop)

    def forward(self, inputs):
        x = self.expand(inputs) if self.expand else inputs
        x = self.depthwise(x)
        x = self.se(x)
        x = self.project(x)
        if self.skip:
            x = self.dropout(x)
            x = x + inputs
        return x


class EfficientNet(nn.Module):
    def __init__(self, width=1.0, depth=1.0, dropout=0.2, num_classes=1000):
        super().__init__()
        scale = lambda c: self.round_filters(c, width)
        n_first, n_last = scale(32), scale(1280)
        self.stem = ConvBnAct(3, n_first, k=3, stride=2)
        blocks = []
        for args in BLOCKS:
            n_in, n_out = scale(args.in_ch), scale(args.out_ch)
            for r in range(int(math.ceil(args.repeats * depth))):
                blocks.append(MBConv(n_in if r == 0 else n_out, n_out, args.expand, args.kernel,
                                     args.stride if r == 0 else 1, args.se_ratio))
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(
            ConvBnAct(scale(320), n_last, k=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(p=dropout),
            nn.Linear(n_last, num_classes),
        )

    @staticmethod
    def round_filters(filters, width, divisor=8):
        filters *= width
        new = max(divisor, int(filters + divisor / 2) // divisor * divisor)
        if new < 0.9 * filters:
            new += divisor
        return int(new)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))


def efficientnet_b0():
    return EfficientNet(width=1.0, depth=1.0)


if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = efficientnet_b0().to(device)
    x = torch.randn(2, 3, 224, 224, device=device)
    assert net(x).shape == (2, 1000)
    n_params = sum(p.numel() for p in net.parameters())
    print(f"{n_params / 1e6:.2f}M parameters")
