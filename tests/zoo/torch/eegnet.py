import torch
import torch.nn as nn
import torch.nn.functional as F


class EEGNet(nn.Module):
    def __init__(self, chans=22, samples=1000, classes=4, F1=8, D=2, kernel=64, dropout=0.25):
        super(EEGNet, self).__init__()
        F2 = F1 * D
        self.block1 = nn.Sequential(
            nn.Conv2d(1, F1, (1, kernel), padding='same', bias=False),
            nn.BatchNorm2d(F1),
            # depthwise, over the electrodes
            nn.Conv2d(F1, F2, (chans, 1), groups=F1, bias=False),
            nn.BatchNorm2d(F2),
            nn.ELU(),
            nn.AvgPool2d((1, 4)),
            nn.Dropout(dropout),
        )
        self.block2 = nn.Sequential(
            nn.Conv2d(F2, F2, (1, 16), padding='same', groups=F2, bias=False),
            nn.Conv2d(F2, F2, 1, bias=False),
            nn.BatchNorm2d(F2),
            nn.ELU(),
            nn.AvgPool2d((1, 8)),
            nn.Dropout(dropout),
        )
        with torch.no_grad():
            sample = torch.zeros(1, 1, chans, samples)
            n = self.block2(self.block1(sample)).flatten(1).shape[1]
        self.classify = nn.Linear(n, classes)

    def forward(self, x):
        if x.dim() == 3:
            x = x.unsqueeze(1)
        x = self.block2(self.block1(x))
        return self.classify(x.flatten(start_dim=1))


if __name__ == "__main__":
    trials = torch.randn(8, 22, 1000)
    print(EEGNet()(trials).shape)
