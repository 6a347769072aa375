import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalConv1d(nn.Conv1d):
    """1-D convolution that sees no future samples."""

    def __init__(self, in_channels, out_channels, kernel_size, dilation=1, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, **kwargs)
        self.left = (kernel_size - 1) * dilation

    def forward(self, x):
        return super().forward(F.pad(x, (self.left, 0)))


class ResidualBlock(nn.Module):
    def __init__(self, residual_channels, gate_channels, skip_channels, dilation, kernel_size=2):
        super().__init__()
        self.dilated = CausalConv1d(residual_channels, gate_channels, kernel_size, dilation=dilation)
        self.conv_res = nn.Conv1d(gate_channels // 2, residual_channels, 1)
        self.conv_skip = nn.Conv1d(gate_channels // 2, skip_channels, 1)

    def forward(self, x):
        z = self.dilated(x)
        filt, gate = z.chunk(2, dim=1)
        z = torch.tanh(filt) * torch.sigmoid(gate)
        skip = self.conv_skip(z)
        return self.conv_res(z) + x, skip


class WaveNet(nn.Module):
    def __init__(self, layers=8, stacks=2, classes=256, residual_channels=32, skip_channels=128):
        super().__init__()
        self.embed = nn.Embedding(classes, residual_channels)
        dilations = [2 ** i for _ in range(stacks) for i in range(layers)]
        self.blocks = nn.ModuleList(
            ResidualBlock(residual_channels, 2 * residual_channels, skip_channels, d) for d in dilations
        )
        self.receptive_field = sum(dilations) + 1
        self.out1 = nn.Conv1d(skip_channels, skip_channels, 1)
        self.out2 = nn.Conv1d(skip_channels, classes, 1)

    def forward(self, samples):
        """samples: (batch, time) mu-law codes; returns logits (batch, classes, time)"""
        x = self.embed(samples).permute(0, 2, 1)
        skips = 0
        for block in self.blocks:
            x, skip = block(x)
            skips = skips + skip
        x = F.relu(skips)
        x = F.relu(self.out1(x))
        return self.out2(x)


if __name__ == "__main__":
    codes = torch.randint(0, 256, (1, 4000))
    net = WaveNet()
    print("receptive field:", net.receptive_field)
    print(net(codes).shape)
