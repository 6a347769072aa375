"""Bilinear maps, against PyTorch's shapes and weights, and against a product that is counted."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

import convwise
from convwise.errors import ConvwiseError
from convwise.graph.axes import tensor
from convwise.graph.obligations import Must
from convwise.kinds.bilinear import Bilinear, GivenBilinear
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

ROLES = ("batch", "time", "feature")


def of(shape):
    return tensor(shape, ROLES if len(shape) == 3 else (ROLES[0], ROLES[2]))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("lead", [(2,), (2, 3)])
def test_as_the_module(lead, bias):
    one, two = (*lead, 5), (*lead, 4)
    module = nn.Bilinear(5, 4, 7, bias, device="meta")
    said = ask(Bilinear(7, bias), of(one), of(two))
    assert said.shape == module(*[torch.empty(s, device="meta") for s in (one, two)]).shape
    assert said.weights["kernel"] == tuple(module.weight.shape)
    assert said.parameters == sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("lead", [(2,), (2, 3)])
def test_is_a_dense_layer_on_all_pairs(lead):
    """FlopCounterMode does not count PyTorch's own trilinear product, but this one."""
    one, two, kernel = (*lead, 5), (*lead, 4), (7, 5, 4)

    def pairs(x, y, w):
        features = (x.unsqueeze(-1) * y.unsqueeze(-2)).flatten(-2)
        return functional.linear(features, w.flatten(1))

    real = counted(pairs, one, two, kernel)
    operands = (of(one), of(two), tensor(kernel, (None,) * 3))
    said = ask(GivenBilinear(), *operands)
    assert [said.shape] == real.shapes
    assert said.macs == real.forward == ask(Bilinear(7), *operands[:2]).macs
    macs = GivenBilinear().macs(operands, GivenBilinear().outputs(operands, Must()))
    # One product for the gradient of all pairs, of which each input has its own.
    assert macs.shares == (real.forward,) * 3
    assert macs.input_gradient == real.backward + real.forward


def test_read_from_code():
    code = "\n".join(
        [
            "import torch",
            "import torch.nn as nn",
            "import torch.nn.functional as F",
            "class Net(nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.pairs = nn.Bilinear(5, 4, 3)",
            "        self.weight = nn.Parameter(torch.zeros(6, 3, 5))",
            "    def forward(self, x, y):",
            "        z = self.pairs(x, y)",
            "        return F.bilinear(z, x, self.weight)",
        ]
    )
    totals = convwise.read(code, {"x": (5,), "y": (4,)}, dialect="torch").summary().to_dict()
    assert totals["totals"]["trainable_parameters"] == 3 * 5 * 4 + 3 + 6 * 3 * 5
    assert totals["totals"]["macs"]["forward"] == 3 * 5 * 4 + 6 * 3 * 5
    with pytest.raises(ConvwiseError, match="in2_features=4, its second input has 6"):
        convwise.read(code, {"x": (5,), "y": (6,)}, dialect="torch").summary()


@pytest.mark.parametrize(
    ("kind", "shapes", "message"),
    [
        (Bilinear(3), ((2, 5),), "takes 2 tensors, 1 are given"),
        (Bilinear(3), ((2, 5), (2, 3, 5)), "as many axes"),
        (Bilinear(3), ((2, 5), (4, 5)), "sizes 2 and 4"),
        (Bilinear(0), ((2, 5), (2, 5)), "must be 1 or more, found 0"),
        (GivenBilinear(), ((2, 5), (2, 5)), "two tensors, weights and maybe a bias"),
    ],
)
def test_refusals(kind, shapes, message):
    assert message in refusal(kind, *[of(shape) for shape in shapes]).message


def test_given_weights_must_fit():
    one, kernel = of((2, 5)), tensor((7, 5, 4), (None,) * 3)
    assert "5 features, the weights are for 4" in refusal(GivenBilinear(), one, one, kernel).message
    bias = tensor((6,), (None,))
    assert (
        "a bias of 6 values for 7 sums"
        in refusal(GivenBilinear(), one, of((2, 4)), kernel, bias).message
    )
