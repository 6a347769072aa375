"""A field that changes in time, in PyTorch: 16 steps of 1024 x 1024, the steps as channels.
Question: what do 16 output frames cost with Conv2d?
"""

import torch
from torch import nn

# batch, time as channels, x, y
field = torch.zeros(1, 16, 1024, 1024)

model = nn.Conv2d(16, 16, kernel_size=5, padding=2)
out = model(field)
