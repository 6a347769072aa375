"""Attributes and methods of tensors and of parameters; none of PyTorch's names may fail."""

from __future__ import annotations

import pytest
import torch

import convwise
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import Abstract, At, Missing
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import FREE_BATCH
from tests.dialects.torch.snippets import read

AT = At(1)
NAMES = [name for name in dir(torch.Tensor) if not name.startswith("_")]


def made(context: Context) -> Symbol:
    found: Symbol = context.fixed((FREE_BATCH, 4, 6), AT)
    return found


@pytest.mark.parametrize("owner", ["tensor", "parameter"])
def test_every_name_is_supported_or_unknown(owner: str) -> None:
    """Called with any arguments: an answer, or a refusal with a message."""
    answered = 0
    for name in NAMES:
        for args in ([], [1], [1, 2], [0.5], ["float"], ["tensor"], [(0, 1)], [None, 1]):
            context = Context("", {}, True)
            symbol = made(context)
            value = symbol if owner == "tensor" else Weight(context, (2, 4, 6), 1)
            given: list[object] = [made(context) if one == "tensor" else one for one in args]
            try:
                found = value.get(name, AT)
                if isinstance(found, Abstract) and not isinstance(found, (Symbol, Weight)):
                    found.call(given, {}, AT)
                answered += 1
            except Missing:
                raise AssertionError(f"there is no {name}") from None
            except ConvwiseError as error:
                assert error.message
    assert answered > len(NAMES)


def test_a_name_that_begins_with_an_underscore_is_missing() -> None:
    with pytest.raises(Missing):
        made(Context("", {}, True)).get("_private", AT)


def test_the_shape_has_the_batch_as_a_symbol() -> None:
    symbol = made(Context("", {}, True))
    shape = symbol.get("shape", AT)
    assert type(shape) is TensorShape
    assert str(shape) == "(N, 4, 6)"
    assert symbol.get("ndim", AT) == 3


def test_initialisers_give_the_parameter_itself() -> None:
    weight = Weight(Context("", {}, True), (3, 4), 1)
    for name in ("zero_", "normal_", "uniform_", "fill_", "requires_grad_"):
        found = weight.get(name, AT)
        assert isinstance(found, Abstract)
        assert found.call([], {}, AT) is weight
    assert weight.get("data", AT) is weight
    assert not weight.used


def test_an_operation_in_place_replaces_the_tensor() -> None:
    context = Context("", {}, True)
    symbol = made(context)
    before = symbol.value()
    method = symbol.get("mul_", AT)
    assert isinstance(method, Abstract)
    assert method.call([2], {}, AT) is symbol
    assert symbol.value() != before


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("torch.cat([x, x[:, :, :3]], dim=1)", "do not concatenate"),
        ("x.view(x.size(0), 7, -1)", "do not fill"),
        ("x.view(2, 3, 5)", "holds 30"),
        ("x.mean(dim=4)", "dim=4, its input has 4 axes"),
        ("x + x[:, :, :3]", "8 and 3 do not add"),
        ("x.add_(x.unsqueeze(0))", "would make it"),
        ("x.permute(0, 2, 1)", "does not name each"),
        ("x.expand(-1, 12, -1, -1)", "cannot be expanded to 12"),
        ("x.split([2, 3], dim=1)", "needs 5 values"),
        ("x @ x", "summed over"),
        ("x.bmm(x)", "takes tensors with 3 and 3 axes"),
        ("x.flatten(1, 2, 3)", "is called with 4 arguments"),
        ("x.sum(dims=1, keep=True)", "has no argument keep"),
        ("x.view(x.size(0), 480 / 2, 2)", "integers as sizes"),
        ("x.t()", "at most 2 axes"),
        ("x[0, 0, 0, 0, 0]", "5 axes are indexed"),
        ("torch.cat([], dim=1)", "needs a list of tensors"),
        ("torch.einsum('bij,bjk->bik', x, x)", "bij"),
    ],
)
def test_an_illegal_call_is_named(body: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(body, {"x": (2, 6, 8, 10)})
    assert message in str(caught.value)
    assert caught.value.where.line == 13


def test_an_unknown_size_asks_for_its_value() -> None:
    with pytest.raises(ConvwiseError) as caught:
        read("x.view(x.size(0), int(open('n').read()), -1)", {"x": (2, 6, 8, 10)})
    assert "not known here" in str(caught.value)
    assert "--set" in str(caught.value.hint)


def test_a_clone_is_a_tensor_of_its_own() -> None:
    """What is written into it later is not in the tensor that it was made of."""
    code = (
        "import torch\nfrom torch import nn\n"
        "class Net(nn.Module):\n"
        "    def forward(self, x):\n"
        "        y = x.clone()\n"
        "        y += 1\n"
        "        z = torch.relu(x)\n"
        "        w = z.clone()\n"
        "        w.mul_(2)\n"
        "        return x - y + z + w\n"
        "Net()(torch.zeros(2, 4))\n"
    )
    made = convwise.read(code).run([[1.0, -1.0, 2.0, -2.0]])
    assert made.tolist() == [[2.0, -1.0, 5.0, -1.0]]
