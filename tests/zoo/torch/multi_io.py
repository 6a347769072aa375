"""Image, tabular features and a text go in; a class, a box and a mask come out as a dictionary."""
from typing import Dict, NamedTuple, Optional

import torch
from torch import Tensor, nn


class Heads(NamedTuple):
    logits: Tensor
    box: Tensor
    mask: Tensor


def mlp(sizes, act=nn.ReLU, last=None):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), act()]
    layers = layers[:-1]
    if last is not None:
        layers.append(last)
    return nn.Sequential(*layers)


class ImageTower(nn.Module):
    def __init__(self, out_dim: int = 64):
        super().__init__()
        self.conv_a = nn.Conv2d(3, 16, 3, 2, 1)
        self.conv_b = nn.Conv2d(16, 32, 3, 2, 1)
        self.conv_c = nn.Conv2d(32, out_dim, 3, 2, 1)

    def forward(self, image: Tensor) -> Dict[str, Tensor]:
        a = torch.relu(self.conv_a(image))
        b = torch.relu(self.conv_b(a))
        c = self.conv_c(b).relu()
        return {"a": a, "b": b, "vector": c.amax(dim=(2, 3))}


class MultiNet(nn.Module):
    def __init__(self, *, vocab: int = 500, tabular: int = 12, dim: int = 64, classes: int = 7):
        super().__init__()
        self.image = ImageTower(dim)
        self.table = mlp([tabular, 32, dim])
        self.words = nn.EmbeddingBag(vocab, dim, mode="mean")
        self.fuse = nn.Linear(3 * dim, dim)
        self.logits = nn.Linear(dim, classes)
        self.box = mlp([dim, 32, 4], last=nn.Sigmoid())
        self.mask = nn.Sequential(
            nn.ConvTranspose2d(32 + dim, 16, 2, 2), nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 2, 2),
        )

    def forward(self, image: Tensor, features: Tensor, text: Optional[Tensor] = None) -> Heads:
        seen = self.image(image)
        parts = [seen["vector"], self.table(features)]
        if text is not None:
            parts.append(self.words(text))
        joint = torch.tanh(self.fuse(torch.cat(parts, dim=-1)))
        h, w = seen["b"].shape[-2:]
        spread = joint[:, :, None, None].expand(-1, -1, h, w)
        mask = self.mask(torch.cat([seen["b"], spread], dim=1))
        return Heads(self.logits(joint), self.box(joint), mask)


if __name__ == "__main__":
    net = MultiNet()
    out = net(torch.randn(2, 3, 64, 64), torch.randn(2, 12), torch.randint(0, 500, (2, 20)))
    print(out.logits.shape, out.box.shape, out.mask.shape)
