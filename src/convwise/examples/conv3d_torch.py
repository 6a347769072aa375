"""A field that changes in time, in PyTorch: 16 steps of 1024 x 1024, one variable.
Question: Conv3d, or Conv2d with time as channels? Which is cheaper?
"""

import torch
from torch import nn

# batch, channel, time, x, y
field = torch.zeros(1, 1, 16, 1024, 1024)

model = nn.Conv3d(1, 1, kernel_size=5, padding=2)
out = model(field)
