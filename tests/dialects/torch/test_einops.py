"""einops's functions and layers against closed forms of their patterns."""

from __future__ import annotations

import pytest

from convwise.dialects.torch.read_code import read_code
from convwise.errors import RuleError
from tests.dialects.torch.snippets import read_shapes

_FRAME = """
import torch, torch.nn as nn
from einops import rearrange, reduce, repeat, einsum
from einops.layers.torch import Rearrange, Reduce

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 7))
        self.patches = Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=4, p2=5)
        self.pool = Reduce("b c h w -> b c", "mean")

    def forward(self, x):
        return {body}

net = Net()
net(torch.randn(2, 6, 8, 10))
"""

CASES = [
    ('rearrange(x, "b c h w -> b (h w) c")', (3, 80, 6)),
    ('rearrange(x, "b (g c) h w -> b g c h w", g=2)', (3, 2, 3, 8, 10)),
    ('rearrange(x, "b c h w -> (b h) w c")', (24, 10, 6)),
    ('rearrange(x, "b c ... -> b ... c")', (3, 8, 10, 6)),
    ('rearrange(x, "b ... -> b (...)")', (3, 480)),
    ('rearrange(x, "b c h w -> b c h w 1")', (3, 6, 8, 10, 1)),
    ('rearrange([x, x], "two b c h w -> b (two c) h w")', (3, 12, 8, 10)),
    ('reduce(x, "b c h w -> b c", "mean")', (3, 6)),
    ('reduce(x, "b c (h p) (w q) -> b c h w", "max", p=2, q=5)', (3, 6, 4, 2)),
    ('reduce(x, "b c h w -> b c 1 1", "sum")', (3, 6, 1, 1)),
    ('repeat(x, "b c h w -> b n c h w", n=4)', (3, 4, 6, 8, 10)),
    ('repeat(x, "b c h w -> b c (h k) w", k=3)', (3, 6, 24, 10)),
    ('repeat(self.token, "1 n d -> b n d", b=x.shape[0])', (3, 1, 7)),
    ("self.patches(x)", (3, 4, 120)),
    ("self.pool(x)", (3, 6)),
    ('einsum(x, x, "b c h w, b d h w -> b c d")', (3, 6, 6)),
    ('rearrange(torch.zeros(4, 6), "a (b c) -> b a c", b=2) + x[:, :2, :4, :3]', (3, 2, 4, 3)),
]


@pytest.mark.parametrize(("body", "shape"), CASES, ids=[body for body, _ in CASES])
def test_the_pattern_gives_the_shape(body: str, shape: tuple[int, ...]) -> None:
    graph = read_code(_FRAME.format(body=body), filename="snippet.py")
    assert not graph.unknown
    assert read_shapes(graph, 3) == [shape]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('rearrange(x, "b c h -> b h c")', "names 3 axes"),
        ('rearrange(x, "b c h w -> b c h")', "loses w"),
        ('rearrange(x, "b (g c) h w -> b g c h w")', "are not known"),
        ('rearrange(x, "b (g c) h w -> b g c h w", g=4)', "the axis has 6"),
        ('rearrange(x, "b c h w")', "has no"),
        ('rearrange(x, "b b h w -> b h w")', "twice on one side"),
        ('repeat(x, "b c h w -> b c h w k")', "needs the size of k"),
        ('reduce(x, "b c h w -> b c", "median")', "no operation median"),
    ],
)
def test_a_broken_pattern_is_named(body: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_code(_FRAME.format(body=body), filename="snippet.py")
