"""Three blocks of a convolution and a pooling with stride 1 on 25 x 20 images of 7 channels.
Question: with padding=1 the pooling makes the image larger. How is "same" written here, and is a
pooling that keeps the size useless?
"""

import torch
import torch.nn as nn


def block(channels_in, channels_out=15):
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 5, padding="same"),
        nn.MaxPool2d(2, stride=1, padding=1),
    )


model = nn.Sequential(block(7), block(15), block(15))
print(model(torch.zeros(1, 7, 25, 20)).shape)
