"""Transfer learning: a small residual network, frozen, cut at its pooling, with a new head."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, ni, nf, stride=1):
        super().__init__()
        self.convs = nn.Sequential(
            nn.Conv2d(ni, nf, 3, stride, 1, bias=False), nn.BatchNorm2d(nf), nn.ReLU(),
            nn.Conv2d(nf, nf, 3, 1, 1, bias=False), nn.BatchNorm2d(nf),
        )
        self.idconv = nn.Identity() if ni == nf else nn.Conv2d(ni, nf, 1)
        self.pool = nn.Identity() if stride == 1 else nn.AvgPool2d(2, ceil_mode=True)

    def forward(self, x):
        return F.relu(self.convs(x) + self.idconv(self.pool(x)))


class SmallNet(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2, 1)
        self.body = nn.Sequential(*[Block(a, b, 2) for a, b in [(32, 64), (64, 128), (128, 256)]])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(256, num_classes)

    def forward(self, x):
        x = self.pool(self.body(self.stem(x)))
        return self.fc(x.flatten(1))


backbone = SmallNet()
# freeze everything ...
for param in backbone.parameters():
    param.requires_grad = False
# ... but the last block
for param in backbone.body[-1].parameters():
    param.requires_grad = True

num_ftrs = backbone.fc.in_features
backbone.fc = nn.Sequential(nn.Dropout(0.3), nn.Linear(num_ftrs, 64), nn.ReLU(), nn.Linear(64, 5))

# features alone, as many do it
extractor = nn.Sequential(*list(backbone.children())[:-1])


class Embedder(nn.Module):
    def __init__(self, base, dim=128):
        super().__init__()
        self.base = base
        self.proj = nn.Linear(256, dim, bias=False)

    def forward(self, x):
        with torch.no_grad():
            f = self.base(x)
        f = torch.flatten(f, 1)
        return F.normalize(self.proj(f), p=2, dim=1)


embedder = Embedder(extractor)

if __name__ == "__main__":
    x = torch.randn(1, 3, 160, 160)
    print(backbone(x).shape, extractor(x).shape, embedder(x).shape)
    print(sum(p.numel() for p in backbone.parameters() if p.requires_grad), "to be learned")
