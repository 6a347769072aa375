"""Three strided convolutions and one output on 128 x 128 RGB images, in PyTorch.
Question: why is the input's channel dimension not in the output shape?
"""

import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self, filters=24):
        super().__init__()
        layers = []
        channels = 3
        for _ in range(3):
            layers += [nn.Conv2d(channels, filters, kernel_size=8, stride=2), nn.ReLU()]
            channels = filters
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(filters * 10 * 10, 1)

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), -1)
        return torch.relu(self.head(x))


if __name__ == "__main__":
    model = Regressor()
    print(model(torch.randn(4, 3, 128, 128)).shape)
