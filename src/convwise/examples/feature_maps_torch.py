"""Two convolutions and two poolings on 300 x 300 RGB images, in PyTorch.
Question: how many feature maps does the second convolution make, 64 or 32 x 64?
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, 3)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(32, 64, 3)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return x


net = Net()
x = torch.randn(1, 3, 300, 300)
print(net(x).shape)
