"""A 3-D U-Net in PyTorch (Cicek et al., https://arxiv.org/abs/1606.06650), padded, 16 maps."""

import torch
from torch import nn


def double_conv(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv3d(in_channels, out_channels, 3, padding=1),
        nn.BatchNorm3d(out_channels),
        nn.ReLU(inplace=True),
        nn.Conv3d(out_channels, out_channels, 3, padding=1),
        nn.BatchNorm3d(out_channels),
        nn.ReLU(inplace=True),
    )


class UNet3d(nn.Module):
    def __init__(self, in_channels=2, num_classes=3, widths=(16, 32, 64, 128)):
        super().__init__()
        self.down = nn.ModuleList()
        for width in widths:
            self.down.append(double_conv(in_channels, width))
            in_channels = width
        self.pool = nn.MaxPool3d(2)
        self.up = nn.ModuleList()
        self.merge = nn.ModuleList()
        for width in reversed(widths[:-1]):
            self.up.append(nn.ConvTranspose3d(2 * width, width, 2, stride=2))
            self.merge.append(double_conv(2 * width, width))
        self.head = nn.Conv3d(widths[0], num_classes, 1)

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.down):
            if level > 0:
                x = self.pool(x)
            x = block(x)
            skips.append(x)
        skips.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([skips.pop(), up(x)], dim=1))
        return self.head(x)


model = UNet3d()
