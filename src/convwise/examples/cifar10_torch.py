"""A convolutional network for the 32 x 32 RGB images of CIFAR-10, in PyTorch.
Question: why does the first convolution have 896 parameters?
"""

from torch import nn
from torchsummary import summary

model = nn.Sequential(
    nn.Conv2d(3, 32, 3, padding="same"),
    nn.ReLU(inplace=True),
    nn.Conv2d(32, 32, 3),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.Dropout(0.25),
    nn.Conv2d(32, 64, 3, padding="same"),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.Dropout(0.25),
    nn.Flatten(),
    nn.Linear(64 * 7 * 7, 256),
    nn.ReLU(inplace=True),
    nn.Dropout(0.5),
    nn.Linear(256, 10),
    nn.Softmax(dim=1),
)

summary(model, (3, 32, 32))
