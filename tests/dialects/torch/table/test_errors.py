"""What PyTorch refuses is refused with who, what was found, and what to write."""

from __future__ import annotations

import pytest

import convwise
from convwise.errors import ConvwiseError

IMAGE = (3, 16, 16)

#: Code of a module or call, the shape of its input, words of the message, words of the hint.
REFUSED = [
    ("nn.Conv2d(3, 8, 3, groups=2)", IMAGE, "in_channels=3 does not split into groups=2", "divide"),
    (
        "nn.Conv2d(3, 8, 3, groups=3)",
        IMAGE,
        "out_channels=8 does not split into groups=3",
        "divide",
    ),
    ("nn.Conv2d(4, 8, 3)", IMAGE, "in_channels=4, its input", "in_channels=3"),
    ("nn.Conv2d(3, 8)", IMAGE, "needs kernel_size", "kernel_size=..."),
    ("nn.Conv2d(3, 8, 0)", IMAGE, "kernel_size must be 2 integers of at least 1, found 0", "such"),
    ("nn.Conv2d(3, 8, 3, padding=-1)", IMAGE, "padding must be", "such as padding=1"),
    ("nn.Conv2d(3, 8, (3, 3, 3))", IMAGE, "found (3, 3, 3)", "kernel_size"),
    ("nn.Conv2d(3, 64 / 2, 3)", IMAGE, "out_channels must be an integer, found 32.0", "//"),
    ("nn.Conv2d(3, 8, 3, strides=2)", IMAGE, "has no argument strides", "did you mean stride?"),
    ("nn.Conv2d(3, 8, 3, 2, padding='same')", IMAGE, "does not go with stride", "padding=1"),
    ("nn.Conv2d(3, 8, 3, padding='full')", IMAGE, "padding must be one of", "choose"),
    ("nn.Conv2d(3, 8, 3, padding_mode='mirror')", IMAGE, "padding_mode", "choose one of"),
    ("nn.Conv2d(3, 8, 17)", IMAGE, "kernel 17 is larger than its input 16", "smaller kernel"),
    (
        "nn.Conv2d(3, 8, 3, padding=16, padding_mode='reflect')",
        IMAGE,
        "needs 17 or more",
        "pad less",
    ),
    (
        "nn.ConvTranspose2d(3, 8, 3, 2, output_padding=2)",
        IMAGE,
        "output_padding=2 must be smaller than stride=2",
        "sizes",
    ),
    ("nn.MaxPool2d(2, padding=2)", IMAGE, "padding=2 is more than half of kernel_size=2", "1"),
    ("nn.AvgPool2d(3, padding=2)", IMAGE, "padding=2 is more than half", "at most 1"),
    ("nn.AvgPool2d(2, divisor_override=0)", IMAGE, "must not be zero", "leave it out"),
    ("nn.AdaptiveAvgPool2d((1, 2, 3))", IMAGE, "must be 2 positive integers", "output_size"),
    ("nn.BatchNorm2d(4)", IMAGE, "num_features=4, its input", "num_features=3"),
    ("nn.BatchNorm1d(3)", IMAGE, "needs an input with 2 or 3 axes", "batch"),
    ("nn.GroupNorm(2, 3)", IMAGE, "num_channels=3 does not split into num_groups=2", "divide"),
    ("nn.LayerNorm(8)", IMAGE, "normalized_shape=8, its input", "normalized_shape=16"),
    ("nn.InstanceNorm2d(3)", (3, 1, 1), "more than one pixel", "LayerNorm"),
    ("nn.Linear(10, 4)", (12,), "in_features=10, its input", "in_features=12"),
    ("nn.Linear(10, 0)", (10,), "out_features must be 1 or more, found 0", "such as"),
    ("nn.Unflatten(1, (5, 2))", (12,), "holds 10 values, the axis has 12", "-1"),
    ("nn.Dropout(1.5)", IMAGE, "p must be a number from 0 to 1", "0.5"),
    ("nn.GELU('erf')", IMAGE, "approximate must be one of", "choose"),
    ("nn.Hardtanh(2, 1)", IMAGE, "min_val=2 must be smaller than max_val=1", "exchange"),
    ("nn.PReLU(5)", IMAGE, "num_parameters=5, its input", "num_parameters=3"),
    ("nn.Softmax2d()", (5,), "3 or 4 axes", "Softmax"),
    ("nn.ReflectionPad2d(16)", IMAGE, "17 or more pixels", "pad less"),
    ("nn.ZeroPad2d((1, 2, 3))", IMAGE, "must be an integer or 4 of them", "last axis comes first"),
    ("nn.Upsample()", IMAGE, "either size or scale_factor", "scale_factor=2"),
    ("nn.Upsample(scale_factor=2, mode='linear')", IMAGE, "input with 3 axes", "bilinear"),
    ("nn.Upsample(scale_factor=2, align_corners=True)", IMAGE, "align_corners=True", "leave"),
    ("nn.PixelShuffle(2)", IMAGE, "3 channels do not make blocks", "multiple of 4"),
    ("nn.ChannelShuffle(2)", IMAGE, "3 channels do not split into groups=2", "divide"),
    ("nn.Embedding(10, 4, padding_idx=10)", (5,), "padding_idx=10 is not one of", "0 to 9"),
    ("nn.LSTM(8, 4, proj_size=4)", (5, 8), "proj_size=4 must be smaller", "projection"),
    ("nn.GRU(8, 4, proj_size=2)", (5, 8), "has no argument proj_size", "takes"),
    ("nn.MultiheadAttention(10, 3)", (5, 10), "does not split into num_heads=3", "divide"),
    ("nn.TransformerEncoderLayer(8, 2, activation='elu')", (5, 8), "'relu' or 'gelu'", "F.silu"),
]


@pytest.mark.parametrize(("code", "shape", "words", "hint"), REFUSED)
def test_refused(code: str, shape: tuple[int, ...], words: str, hint: str) -> None:
    lines = [
        "import torch.nn as nn",
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.layer = {code}",
        "    def forward(self, x):",
        "        return self.layer(x)",
    ]
    with pytest.raises(ConvwiseError) as caught:
        convwise.read("\n".join(lines), shape, dialect="torch")
    text = str(caught.value)
    assert words in text
    assert hint in text
    assert ":5" in text or ":7" in text


#: Calls of functions that PyTorch refuses.
CALLS = [
    ("F.conv2d(x, self.w, groups=2)", "channels", "second axis"),
    ("F.conv2d(x, self.b)", "needs a weight with 4 axes", "window"),
    ("F.conv2d(x, self.w, self.w)", "a bias has one axis", "(6, 3, 3, 3)"),
    ("F.linear(x, self.w)", "weights", "(out, in)"),
    ("F.max_pool2d(x, 2, padding=2)", "more than half", "at most 1"),
    ("F.pad(x, (1, 2, 3))", "pairs of integers", "last axis comes first"),
    ("F.pad(x, (1, 1, 1, 1), mode='reflect', value=1.0)", "has no meaning", "leave value out"),
    ("F.interpolate(x, size=5, scale_factor=2)", "either size or scale_factor", "such as"),
    ("F.relu(x, 1, 2, 3)", "positional arguments", "takes"),
    ("F.group_norm(x, 2)", "3 channels do not split into 2 groups", "divide"),
    ("F.prelu(x)", "needs its weight", "weight"),
]


@pytest.mark.parametrize(("call", "words", "hint"), CALLS)
def test_refused_call(call: str, words: str, hint: str) -> None:
    lines = [
        "import torch",
        "import torch.nn as nn",
        "import torch.nn.functional as F",
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.w = nn.Parameter(torch.zeros(6, 3, 3, 3))",
        "        self.b = nn.Parameter(torch.zeros(6))",
        "    def forward(self, x):",
        f"        return {call}",
    ]
    with pytest.raises(ConvwiseError) as caught:
        convwise.read("\n".join(lines), IMAGE, dialect="torch")
    text = str(caught.value)
    assert words in text
    assert hint in text
    assert ":10" in text
