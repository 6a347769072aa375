"""Lazy modules: nobody counts channels by hand."""
import torch
from torch import nn


def block(cout, pool=True):
    yield nn.LazyConv2d(cout, kernel_size=3, padding=1, bias=False)
    yield nn.LazyBatchNorm2d()
    yield nn.ReLU()
    if pool:
        yield nn.MaxPool2d(2)


class LazyNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(*block(32), *block(64), *block(128, pool=False))
        self.up = nn.LazyConvTranspose2d(16, 2, stride=2)
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(256), nn.ReLU(), nn.Dropout(0.5),
                                 nn.LazyLinear(num_classes))

    def forward(self, x):
        x = self.features(x)
        x = torch.cat([x, x.flip(-1)], dim=1)
        return self.net(self.up(x))


model = LazyNet()
dummy = torch.zeros(1, 3, 40, 40)

if __name__ == "__main__":
    model(dummy)
    print(model)
