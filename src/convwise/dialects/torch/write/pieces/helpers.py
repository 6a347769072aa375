"""What PyTorch has no operation for, as plain PyTorch code: copied into written files as text.

Nothing in convwise imports this module: `write.helpers` cuts single definitions out of its text.
"""

# Written files are plain PyTorch as people paste it, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, no-any-return"

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


def without_scale(norm: nn.Module) -> nn.Module:
    """A normalisation that learns an offset only."""
    norm.register_parameter("weight", None)
    return norm


def without_offset(norm: nn.Module) -> nn.Module:
    """A normalisation that learns a scale only."""
    norm.register_parameter("bias", None)
    return norm


def average_pool(x, window, stride, padding):
    """Means over the part of each window that is inside the input; padding: as of F.pad."""
    pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[len(window) - 1]
    inside = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype, device=x.device)
    share = pool(F.pad(inside, padding), window, stride)
    return pool(F.pad(x, padding), window, stride) / share


def general_relu(x, slope=0.0, max_value=None, threshold=0.0):
    """A rectifier that is slope*(x - threshold) below the threshold, and at most max_value."""
    x = torch.where(x < threshold, slope * (x - threshold), x)
    return x if max_value is None else x.clamp(max=max_value)


def sparse_plus(x):
    """0 below -1, x above 1, and (x + 1)^2/4 between."""
    return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, (x + 1) ** 2 / 4, x))


def softmax_over(x, dims, log=False):
    """Softmax over several axes together."""
    scores = x - torch.logsumexp(x, dims, keepdim=True)
    return scores if log else scores.exp()


def sparsemax(x, dim):
    """The projection onto the simplex (Martins and Astudillo, 2016)."""
    z = x.transpose(dim, -1)
    ordered = z.sort(dim=-1, descending=True).values
    total = ordered.cumsum(-1)
    count = torch.arange(1, z.shape[-1] + 1, dtype=z.dtype, device=z.device)
    support = (1 + count * ordered > total).sum(-1, keepdim=True)
    tau = (total.gather(-1, support - 1) - 1) / support
    return (z - tau).clamp(min=0).transpose(dim, -1)


def depth_to_space(x, factor):
    """Blocks of pixels from channels that are numbered row, column, channel."""
    n, c, h, w = x.shape
    x = x.reshape(n, factor, factor, c // factor**2, h, w)
    return x.permute(0, 3, 4, 1, 5, 2).reshape(n, c // factor**2, h * factor, w * factor)


def space_to_depth(x, factor):
    """Channels, numbered row, column, channel, from blocks of pixels."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // factor, factor, w // factor, factor)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(n, c * factor**2, h // factor, w // factor)


class GaussianNoise(nn.Module):
    """Adds normal noise in training."""

    def __init__(self, deviation):
        super().__init__()
        self.deviation = deviation

    def forward(self, x):
        return x + self.deviation * torch.randn_like(x) if self.training else x


class GaussianDropout(nn.Module):
    """Multiplies by normal noise around one in training."""

    def __init__(self, rate):
        super().__init__()
        self.deviation = (rate / (1 - rate)) ** 0.5

    def forward(self, x):
        return x * (1 + self.deviation * torch.randn_like(x)) if self.training else x


class SharedDropout(nn.Module):
    """Dropout with one draw for all values along some axes."""

    def __init__(self, rate, shared):
        super().__init__()
        self.rate = rate
        self.shared = shared

    def forward(self, x):
        shape = [1 if axis in self.shared else size for axis, size in enumerate(x.shape)]
        return x * F.dropout(x.new_ones(shape), self.rate, self.training)


class RandomCrop(nn.Module):
    """A piece from a random place in training; afterwards the middle, resized to fit."""

    def __init__(self, height, width):
        super().__init__()
        self.size = (height, width)

    def forward(self, x):
        height, width = self.size
        rows, columns = x.shape[-2:]
        if not self.training or rows < height or columns < width:
            scale = max(height / rows, width / columns)
            size = (max(round(rows * scale), height), max(round(columns * scale), width))
            if size != (rows, columns):
                x = F.interpolate(x, size=size, mode="bilinear")
            top, left = (size[0] - height) // 2, (size[1] - width) // 2
        else:
            top = int(torch.randint(rows - height + 1, ()))
            left = int(torch.randint(columns - width + 1, ()))
        return x[..., top : top + height, left : left + width]
