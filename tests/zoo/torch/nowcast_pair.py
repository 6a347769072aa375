"""Rain radar: 16 frames of 1024x1024 to the next one. Is a Conv3d needed, or is time a channel?"""
import torch
import torch.nn as nn

FRAMES, SIZE = 16, 1024


class Volume(nn.Module):
    """Every kernel moves through time and space."""

    def __init__(self, width=8):
        super().__init__()
        self.conv1 = nn.Conv3d(1, width, kernel_size=(5, 5, 5), padding=(2, 2, 2))
        self.conv2 = nn.Conv3d(width, width, kernel_size=3, padding='same')
        self.squash = nn.Conv3d(width, 1, kernel_size=(FRAMES, 1, 1))
        self.act = nn.ReLU()

    def forward(self, x):
        x = self.act(self.conv1(x))      # (N, width, 16, 1024, 1024)
        x = self.act(self.conv2(x))
        return self.squash(x).squeeze(2)  # (N, 1, 1024, 1024)


class TimeAsChannels(nn.Module):
    """All frames at once: the kernel sees every frame and moves through space only."""

    def __init__(self, width=8):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(FRAMES, width, 5, padding=2),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding='same'),
            nn.ReLU(),
            nn.Conv2d(width, 1, 1),
        )

    def forward(self, x):
        n, c, t, h, w = x.shape
        return self.net(x.reshape(n, c * t, h, w))


volume = Volume()
planar = TimeAsChannels()

if __name__ == "__main__":
    radar = torch.zeros(1, 1, FRAMES, SIZE, SIZE)
    for name, net in [("Conv3d", volume), ("Conv2d", planar)]:
        params = sum(p.numel() for p in net.parameters())
        print(f"{name:>8}: {params:,} parameters, output {tuple(net(radar).shape)}")
