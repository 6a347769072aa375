"""The network of the "Deep MNIST" tutorial, in PyTorch: two convolutions, two dense layers.
Question: what does the weight shape [64, 32, 5, 5] mean?
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class DeepMnist(nn.Module):
    def __init__(self, keep_prob=0.5):
        super(DeepMnist, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5, padding=2)
        self.fc1 = nn.Linear(7 * 7 * 64, 1024)
        self.dropout = nn.Dropout(1 - keep_prob)
        self.fc2 = nn.Linear(1024, 10)

    def forward(self, x):
        x = x.view(-1, 1, 28, 28)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 7 * 7 * 64)
        x = self.dropout(F.relu(self.fc1(x)))
        return self.fc2(x)


images = torch.rand(50, 784)
logits = DeepMnist()(images)
