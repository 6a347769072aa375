"""Small networks with one question each, and the multiply-adds that must come out; runs nothing.

Truth: one multiplication with its addition is one multiply-add; every contraction counts, at all
positions of its output (of its input for a transposed convolution), padded taps included; the
addition of a bias, activations and softmax do not count. For one example.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A network as its user writes it, its input without the batch, the truth and where from.

    extra: what some tools count besides: additions of a bias, weights of a normalisation.
    """

    question: str
    code: str
    shape: tuple[int, ...]
    macs: int
    because: str
    extra: int = 0

    @property
    def source(self) -> str:
        """The file."""
        return f"{HEAD}\n\n{self.code}\n"


def _layer(text: str) -> str:
    return f"model = nn.Sequential({text})"


def _module(init: str, forward: str) -> str:
    lines = ["class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        {line}" for line in init.split("; ")]
    lines += ["", "    def forward(self, x):"]
    lines += [f"        {line}" for line in forward.split("; ")]
    return "\n".join([*lines, "", "", "model = Net()"])


CASES = (
    Case(
        "convolution",
        _layer("nn.Conv2d(3, 8, 3, padding=1, bias=False)"),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "16 x 16 positions, 8 filters, each over 3 x 3 x 3 numbers",
    ),
    Case(
        "convolution with bias",
        _layer("nn.Conv2d(3, 8, 3, padding=1)"),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "the same: adding a bias multiplies nothing",
        extra=16 * 16 * 8,
    ),
    Case(
        "convolution, batch normalisation, ReLU",
        _layer("nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()"),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "the same: scaling and clipping contract nothing",
        extra=2 * 8,
    ),
    Case(
        '`padding="same"`',
        _layer('nn.Conv2d(3, 8, 3, padding="same", bias=False)'),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "the same again: only the padding is spelled differently",
    ),
    Case(
        "dilation",
        _layer("nn.Conv2d(3, 8, 3, padding=2, dilation=2, bias=False)"),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "a dilated kernel has as many taps; 16 + 2*2 - 2*(3 - 1) = 16 positions",
    ),
    Case(
        "depthwise convolution",
        _layer("nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)"),
        (8, 16, 16),
        16 * 16 * 8 * (3 * 3),
        "each of the 8 filters sees one channel",
    ),
    Case(
        "grouped convolution",
        _layer("nn.Conv2d(8, 16, 3, padding=1, groups=4, bias=False)"),
        (8, 16, 16),
        16 * 16 * 16 * (3 * 3 * 2),
        "each of the 16 filters sees 8 / 4 = 2 channels",
    ),
    Case(
        "3-D convolution",
        _layer("nn.Conv3d(2, 4, 3, bias=False)"),
        (2, 8, 8, 8),
        6 * 6 * 6 * 4 * (3 * 3 * 3 * 2),
        "8 - 3 + 1 = 6 positions along each axis",
    ),
    Case(
        "transposed convolution",
        _layer("nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, bias=False)"),
        (8, 16, 16),
        16 * 16 * 8 * (4 * 4 * 4),
        "every number of the input is multiplied by the 4 x 4 kernel of each of the 4 maps",
    ),
    Case(
        "transposed depthwise convolution",
        _layer("nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1, groups=8, bias=False)"),
        (8, 16, 16),
        16 * 16 * 8 * (4 * 4),
        "every number of the input is multiplied by the 4 x 4 kernel of its channel",
    ),
    Case(
        "functional convolution",
        _module(
            "self.weight = nn.Parameter(torch.randn(8, 3, 3, 3))",
            "return F.conv2d(x, self.weight, padding=1)",
        ),
        (3, 16, 16),
        16 * 16 * 8 * (3 * 3 * 3),
        "as the module",
    ),
    Case(
        "functional transposed convolution",
        _module(
            "self.weight = nn.Parameter(torch.randn(8, 4, 4, 4))",
            "return F.conv_transpose2d(x, self.weight, stride=2, padding=1)",
        ),
        (8, 16, 16),
        16 * 16 * 8 * (4 * 4 * 4),
        "as the module",
    ),
    Case(
        "functional linear",
        _module(
            "self.weight = nn.Parameter(torch.randn(32, 16))",
            "return F.linear(x, self.weight)",
        ),
        (10, 16),
        10 * 32 * 16,
        "10 positions, 32 sums of 16 products",
    ),
    Case(
        "linear over a sequence",
        _layer("nn.Linear(16, 32, bias=False)"),
        (10, 16),
        10 * 32 * 16,
        "the same as a module",
    ),
    Case(
        "matrix product",
        _module("self.weight = nn.Parameter(torch.randn(16, 32))", "return x @ self.weight"),
        (10, 16),
        10 * 32 * 16,
        "the same as an operator",
    ),
    Case(
        "`torch.einsum`",
        _module(
            "self.weight = nn.Parameter(torch.randn(8, 3))",
            'return torch.einsum("bchw,dc->bdhw", x, self.weight)',
        ),
        (3, 16, 16),
        16 * 16 * 8 * 3,
        "16 x 16 positions, 8 sums of 3 products",
    ),
    Case(
        "a module used three times",
        _module(
            "self.conv = nn.Conv2d(8, 8, 3, padding=1, bias=False)",
            "return self.conv(self.conv(self.conv(x)))",
        ),
        (8, 16, 16),
        3 * 16 * 16 * 8 * (3 * 3 * 8),
        "three times 16 x 16 x 8 sums of 3 x 3 x 8 products",
    ),
    Case(
        "`nn.MultiheadAttention`",
        _module(
            "self.attention = nn.MultiheadAttention(32, 4, bias=False, batch_first=True)",
            "return self.attention(x, x, x, need_weights=False)[0]",
        ),
        (10, 32),
        4 * 10 * 32 * 32 + 2 * 10 * 10 * 32,
        "query, key, value and output: 10 x 32 x 32 each; scores and their use: 10 x 10 x 32 each",
    ),
    Case(
        "`F.scaled_dot_product_attention`",
        _module(
            "self.qkv = nn.Linear(32, 96, bias=False)",
            "q, k, v = self.qkv(x).chunk(3, dim=-1); "
            "return F.scaled_dot_product_attention(q, k, v)",
        ),
        (10, 32),
        10 * 32 * 96 + 2 * 10 * 10 * 32,
        "10 x 32 x 96 for query, key and value; scores and their use: 10 x 10 x 32 each",
    ),
    Case(
        "attention by matrix products",
        _module(
            "self.qkv = nn.Linear(32, 96, bias=False)",
            "q, k, v = self.qkv(x).chunk(3, dim=-1); "
            "return torch.softmax(q @ k.transpose(-2, -1) / 32**0.5, dim=-1) @ v",
        ),
        (10, 32),
        10 * 32 * 96 + 2 * 10 * 10 * 32,
        "the same written out",
    ),
    Case(
        "`nn.TransformerEncoderLayer`",
        _layer("nn.TransformerEncoderLayer(32, 4, 64, bias=False, batch_first=True)"),
        (10, 32),
        4 * 10 * 32 * 32 + 2 * 10 * 10 * 32 + 2 * 10 * 32 * 64,
        "attention as above; then 10 x 32 x 64 up and 10 x 64 x 32 down",
    ),
    Case(
        "`nn.LSTM`",
        _module(
            "self.lstm = nn.LSTM(16, 32, bias=False, batch_first=True)",
            "return self.lstm(x)[0]",
        ),
        (12, 16),
        12 * 4 * 32 * (16 + 32),
        "12 steps, 4 gates of 32 sums over 16 inputs and 32 states",
    ),
    Case(
        "`nn.LSTM`, two layers, both directions",
        _module(
            "self.lstm = nn.LSTM(16, 32, 2, bias=False, batch_first=True, bidirectional=True)",
            "return self.lstm(x)[0]",
        ),
        (12, 16),
        2 * 12 * 4 * 32 * (16 + 32) + 2 * 12 * 4 * 32 * (64 + 32),
        "twice the LSTM above, then twice one that sees the 2 x 32 outputs of both directions",
    ),
    Case(
        "`nn.LSTMCell` in a loop",
        _module(
            "self.cell = nn.LSTMCell(16, 32, bias=False)",
            "h = c = torch.zeros(x.shape[0], 32, device=x.device); "
            "for t in range(x.shape[1]):; "
            "    h, c = self.cell(x[:, t], (h, c)); "
            "return h",
        ),
        (12, 16),
        12 * 4 * 32 * (16 + 32),
        "as the LSTM",
    ),
    Case(
        "`nn.GRU`",
        _module(
            "self.gru = nn.GRU(16, 32, bias=False, batch_first=True)",
            "return self.gru(x)[0]",
        ),
        (12, 16),
        12 * 3 * 32 * (16 + 32),
        "12 steps, 3 gates of 32 sums over 16 inputs and 32 states",
    ),
)
