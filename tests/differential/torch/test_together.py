"""Modules that only work together, and transformers, agree with live PyTorch."""

from __future__ import annotations

import pytest

from tests.differential.torch.cases import Case
from tests.differential.torch.compare import executed, said

HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.PReLU()
"""

UNPOOLED = """        self.pool = nn.MaxPool2d(3, 2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(3, 2)

    def forward(self, x):
        x = self.before(x)
        y, indices = self.pool(x)
        return self.unpool(y, indices{size})
"""
UNPOOLED_1D = """        self.pool = nn.MaxPool1d(2, return_indices=True)

    def forward(self, x):
        y, indices = self.pool(self.before(x))
        return F.max_unpool1d(y, indices, 2)
"""
ADAPTIVE = """
    def forward(self, x):
        y, indices = F.adaptive_max_pool2d(self.before(x), 3, return_indices=True)
        return y
"""
STATES = """        self.rnn = nn.{rnn}(4, 5, {more})
        self.h = nn.Parameter(torch.empty({h}))
        self.c = nn.Parameter(torch.empty({c}))

    def forward(self, x):
        out, state = self.rnn(self.before(x), {given})
        return out
"""
ENCODER = """        layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True{more})
        self.encoder = nn.TransformerEncoder(layer, 2, {norm}, enable_nested_tensor=False)

    def forward(self, x):
        return self.encoder(self.before(x))
"""
DECODER = """        layer = nn.TransformerDecoderLayer(8, 2, 12, batch_first=True)
        self.decoder = nn.TransformerDecoder(layer, 2)

    def forward(self, x, y):
        return self.decoder(self.before(x), self.before(y))
"""
TRANSFORMER = """        self.whole = nn.Transformer(8, 2, 1, 2, 9, batch_first=True)

    def forward(self, x, y):
        mask = self.whole.generate_square_subsequent_mask(4)
        return self.whole(self.before(x), self.before(y), tgt_mask=mask, tgt_is_causal=False)
"""
IMAGE, TABLE = ((2, 3, 9, 9),), ((2, 4, 8),)
PAIR = ((2, 5, 8), (2, 4, 8))

CASES = {
    "unpool": (UNPOOLED.format(size=""), IMAGE),
    "unpool to an odd size": (UNPOOLED.format(size=", output_size=(10, 10)"), IMAGE),
    "unpool a sequence": (UNPOOLED_1D, ((2, 3, 9),)),
    "adaptive with indices": (ADAPTIVE, IMAGE),
    "LSTM with states": (
        STATES.format(rnn="LSTM", more="2", h="2, 3, 5", c="2, 3, 5", given="(self.h, self.c)"),
        ((2, 3, 4),),
    ),
    "GRU with a state": (
        STATES.format(rnn="GRU", more="1, bidirectional=True", h="2, 3, 5", c="1", given="self.h"),
        ((2, 3, 4),),
    ),
    "encoder": (ENCODER.format(more="", norm="None"), TABLE),
    "encoder, norm first": (
        ENCODER.format(
            more=", norm_first=True, activation='gelu', bias=False", norm="nn.LayerNorm(8)"
        ),
        TABLE,
    ),
    "encoder, own activation": (ENCODER.format(more=", activation=nn.SiLU()", norm="None"), TABLE),
    "decoder": (DECODER, PAIR),
    "transformer": (TRANSFORMER, PAIR),
}


@pytest.mark.parametrize("name", CASES)
def test_agrees(name: str) -> None:
    code, inputs = CASES[name]
    case = Case(name, HEAD + code, inputs, False, frozenset())
    assert said(case, executed(case)) == []
