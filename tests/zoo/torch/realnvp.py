"""Affine coupling layers of a normalising flow on small images (RealNVP), with checkerboard masks."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def checkerboard_mask(height, width, reverse=False):
    """0 and 1 in turn, shaped (1, 1, height, width)."""
    checkerboard = [[((i % 2) + j) % 2 for j in range(width)] for i in range(height)]
    mask = torch.tensor(checkerboard, dtype=torch.float32)
    if reverse:
        mask = 1 - mask
    return mask.view(1, 1, height, width)


def squeeze_2x2(x):
    b, c, h, w = x.size()
    x = x.view(b, c, h // 2, 2, w // 2, 2)
    x = x.permute(0, 1, 3, 5, 2, 4)
    return x.reshape(b, c * 4, h // 2, w // 2)


class STNet(nn.Module):
    """Scale and translation from one small residual network."""

    def __init__(self, channels, hidden, blocks=2):
        super().__init__()
        self.first = nn.utils.parametrizations.weight_norm(nn.Conv2d(channels, hidden, 3, padding=1))
        self.body = nn.ModuleList()
        for _ in range(blocks):
            self.body.append(nn.Sequential(
                nn.BatchNorm2d(hidden), nn.ReLU(), nn.Conv2d(hidden, hidden, 3, padding=1, bias=False),
                nn.BatchNorm2d(hidden), nn.ReLU(), nn.Conv2d(hidden, hidden, 3, padding=1),
            ))
        self.last = nn.Conv2d(hidden, 2 * channels, 1)
        self.rescale = nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, x):
        x = self.first(x)
        for block in self.body:
            x = x + block(x)
        s, t = self.last(F.relu(x)).chunk(2, dim=1)
        return self.rescale * torch.tanh(s), t


class CheckerboardCoupling(nn.Module):
    def __init__(self, channels, size, hidden, reverse):
        super().__init__()
        self.register_buffer("mask", checkerboard_mask(size, size, reverse))
        self.st_net = STNet(channels, hidden)

    def forward(self, x, sldj):
        x_b = x * self.mask
        s, t = self.st_net(x_b)
        s = s * (1 - self.mask)
        t = t * (1 - self.mask)
        x = (x + t) * s.exp()
        return x, sldj + s.view(s.size(0), -1).sum(-1)


class ChannelCoupling(nn.Module):
    def __init__(self, channels, hidden, reverse):
        super().__init__()
        self.reverse = reverse
        self.st_net = STNet(channels // 2, hidden)

    def forward(self, x, sldj):
        if self.reverse:
            x_id, x_change = x.chunk(2, dim=1)
        else:
            x_change, x_id = x.chunk(2, dim=1)
        s, t = self.st_net(x_id)
        x_change = (x_change + t) * s.exp()
        x = torch.cat((x_id, x_change) if self.reverse else (x_change, x_id), dim=1)
        return x, sldj + s.flatten(1).sum(dim=-1)


class RealNVP(nn.Module):
    def __init__(self, channels=3, size=32, hidden=32):
        super().__init__()
        self.fine = nn.ModuleList([CheckerboardCoupling(channels, size, hidden, reverse=i % 2 == 1) for i in range(3)])
        self.coarse = nn.ModuleList([ChannelCoupling(4 * channels, hidden, reverse=bool(i % 2)) for i in range(3)])

    def forward(self, x):
        sldj = torch.zeros(x.size(0), device=x.device)
        for coupling in self.fine:
            x, sldj = coupling(x, sldj)
        x = squeeze_2x2(x)
        for coupling in self.coarse:
            x, sldj = coupling(x, sldj)
        return x, sldj


if __name__ == "__main__":
    flow = RealNVP()
    z, log_det = flow(torch.rand(2, 3, 32, 32))
    print(z.shape, log_det.shape)
