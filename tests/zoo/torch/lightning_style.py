"""Training framework at arm's length: hyperparameters from the command line, layers looked up by name."""
import argparse

import torch
from torch import nn
import torch.nn.functional as F

try:
    import pytorch_lightning as pl
    Base = pl.LightningModule
except ImportError:
    Base = nn.Module

parser = argparse.ArgumentParser(description="bird songs")
parser.add_argument("--channels", type=int, nargs="+", default=[16, 32, 64])
parser.add_argument("--act", default="LeakyReLU")
parser.add_argument("--norm", choices=["batch", "instance", "none"], default="instance")
parser.add_argument("--kernel-size", type=int, default=5)
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--classes", type=int, default=12)
args = parser.parse_args(args=[])

NORMS = {
    "batch": nn.BatchNorm1d,
    "instance": lambda c: nn.InstanceNorm1d(c, affine=True),
    "none": lambda c: nn.Identity(),
}


class SongNet(Base):
    def __init__(self, hp=args):
        super().__init__()
        self.lr = hp.lr
        widths = [1] + list(hp.channels)
        act = getattr(nn, hp.act)
        stages = nn.ModuleDict()
        for i in range(1, len(widths)):
            stages[f"stage_{i}"] = nn.Sequential(
                nn.Conv1d(widths[i - 1], widths[i], hp.kernel_size, stride=4, padding=hp.kernel_size // 2,
                          padding_mode="circular"),
                NORMS[hp.norm](widths[i]),
                act(),
            )
        self.stages = stages
        self.pool = nn.AdaptiveMaxPool1d(8)
        self.head = nn.Linear(widths[-1] * 8, hp.classes)

    @property
    def depth(self):
        return len(self.stages)

    def features(self, x):
        maps = {}
        for name, stage in self.stages.items():
            x = stage(x)
            maps[name] = x
        return maps

    def forward(self, x):
        maps = self.features(x)
        last = maps["stage_{}".format(self.depth)]
        return self.head(self.pool(last).reshape(len(x), -1))

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


if __name__ == "__main__":
    model = SongNet(args)
    waves = torch.randn(4, 1, 16000)
    print(model(waves).shape)
