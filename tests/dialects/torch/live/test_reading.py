"""Live modules as graphs: rows, kinds, sizes, weights, and the network computed from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import convwise
from convwise.dialects.torch.live import functions
from tests.dialects.torch.live.snippets import Small, graph, kinds, rows, shapes


def test_layers_functions_and_parameters_are_rows_under_their_paths():
    found = graph(Small(), (3, 8, 8))
    assert rows(found) == [
        "x",
        "stem.0",
        "stem.1",
        "stem.2",
        "gain",
        "mul",
        "relu",
        "add",
        "max_pool2d",
        "drop",
        "view",
        "head",
    ]
    assert shapes(found) == ["(N, 10)"]
    assert not found.unknown


def test_weights_are_named_by_their_paths_and_learn_as_they_do():
    module = Small()
    module.stem[0].weight.requires_grad_(False)
    found = graph(module, (3, 8, 8))
    assert [name for name, one in found.weights.items() if one.counted] == [
        "stem.0.weight",
        "stem.0.bias",
        "stem.1.weight",
        "stem.1.bias",
        "gain",
        "head.weight",
        "head.bias",
    ]
    frozen = [name for name, one in found.weights.items() if one.counted and not one.trainable]
    assert frozen == ["stem.0.weight"]


def test_the_graph_computes_what_the_module_computes():
    torch.manual_seed(0)
    module = Small().double().eval()
    x = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    net = convwise.read(module, (3, 8, 8))
    state = {name: one.numpy() for name, one in module.state_dict().items()}
    ours = net.run(x.numpy(), weights=state)
    np.testing.assert_allclose(ours, module(x).detach().numpy(), rtol=1e-9)


def test_code_and_module_are_the_same_network():
    text = """
import torch
from torch import nn
from torch.nn import functional

class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        y = functional.relu(self.conv(x), inplace=True)
        y = torch.cat([y, -y], dim=1)[:, 4:12].mean(dim=(2, 3))
        return functional.softmax(self.head(y), dim=-1)
"""
    space: dict[str, type[nn.Module]] = {}
    exec(text, space)
    live = convwise.read(space["Small"](), (3, 16, 16))
    assert live.difference(convwise.read(text, (3, 16, 16))) is None


def test_a_module_used_twice_is_one_row_with_two_calls():
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(4, 4, 3, padding=1)

        def forward(self, x):
            return self.conv(self.conv(x))

    found = graph(Twice(), (4, 8, 8))
    assert rows(found) == ["x", "conv"]
    assert [node.call for node in found.nodes if node.kind.name == "convolution"] == [0, 1]
    assert list(found.weights) == ["conv.weight", "conv.bias"]


def test_tied_parameters_are_one_weight():
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(50, 16)
            self.head = nn.Linear(16, 50, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, ids):
            return self.head(self.embed(ids))

    found = graph(Tied(), (7,))
    assert list(found.weights) == ["embed.weight"]
    assert found.nodes[0].outputs[0].dtype == "int64"


def test_the_batch_stays_free_where_python_computes_with_it():
    class Frames(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 3)

        def forward(self, x):
            batch, frames = x.shape[:2]
            y = self.conv(x.view(batch * frames, *x.shape[2:]))
            half = int(y.size(0) / frames)
            return y.reshape(half, frames, -1).mean(1)

    found = graph(Frames(), (5, 1, 8, 8))
    assert shapes(found) == ["(N, 144)"]
    assert not found.notes


def test_a_batch_that_decides_is_kept_and_said():
    class Batches(nn.Module):
        def forward(self, x):
            out = x
            for _ in range(len(x)):
                out = functional.relu(out)
            return out

    found = graph(Batches(), (4,))
    assert shapes(found) == ["(1, 4)"]
    assert [note.code for note in found.notes] == ["batch-size"]


def test_an_operation_that_nothing_here_knows_keeps_its_shape():
    class Strange(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(8, 2)

        def forward(self, x):
            return self.head(torch.fft.ifft(torch.fft.fft(x)).real)

    found = graph(Strange(), (8,))
    assert [fact.layer for fact in found.unknown][:2] == ["fft", "ifft"]
    assert shapes(found) == ["(N, 2)"]
    total = convwise.read(Strange(), (8,)).summary().to_dict()["totals"]["macs"]["forward"]
    assert total == {"at_least": 16}


@pytest.mark.parametrize("mode", [True, False])
def test_reading_does_not_depend_on_the_mode(mode: bool):
    module = Small().train(mode)
    found = graph(module, (3, 8, 8))
    assert "dropout" in kinds(found)
    assert module.training is mode


def test_modules_in_a_plain_list_are_rows_that_pytorch_does_not_count():
    class Hidden(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.seen = nn.Linear(4, 4)
            self.hidden = [nn.Sequential(nn.Linear(4, 4), nn.ReLU()), nn.Linear(4, 4)]

        def forward(self, x):
            for one in self.hidden:
                x = one(x)
            return self.seen(x)

    module = Hidden().train()
    found = graph(module, (4,))
    assert rows(found) == ["x", "hidden.0.0", "hidden.0.1", "hidden.1", "seen"]
    assert [name for name, one in found.weights.items() if one.counted] == [
        "seen.weight",
        "seen.bias",
    ]
    assert module.hidden[0].training


def test_what_forward_prints_is_no_part_of_an_answer(capsys: pytest.CaptureFixture[str]):
    class Prints(nn.Module):
        def forward(self, x):
            print("shape", x.shape)
            return x * 2

    graph(Prints(), (4,))
    assert capsys.readouterr().out == ""


def test_parameters_of_a_weight_norm_are_named_as_they_are():
    old = nn.Sequential(nn.utils.weight_norm(nn.Conv1d(2, 3, 3)))
    new = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 3, 3)))
    spectral = nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Conv1d(2, 3, 3)))
    for module in (old, new, spectral):
        found = graph(module, (2, 9))
        counted = {name for name, one in found.weights.items() if one.counted}
        assert counted == {name for name, _ in module.named_parameters()}
        assert "convolution" in kinds(found)
        assert not found.unknown


def test_a_class_derived_from_a_layer_is_that_layer():
    class Same(nn.Conv2d):
        """Pads as much as its kernel takes."""

        def forward(self, x):
            side = self.kernel_size[0] // 2
            return super().forward(functional.pad(x, (side, side, side, side)))

    class Plain(nn.Conv2d):
        """A name of one's own."""

    found = graph(nn.Sequential(Same(3, 4, 5), Plain(4, 4, 1)), (3, 9, 9))
    assert kinds(found) == ["pad", "convolution", "convolution"]
    assert [layer.dialect_name for layer in found.layers][2:] == ["Same", "Plain"]
    assert shapes(found) == ["(N, 4, 9, 9)"]


def test_checkpoints_and_functions_with_a_gradient_of_their_own_are_looked_into():
    class Swish(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * torch.sigmoid(x)

        @staticmethod
        def backward(ctx, gradient):
            return gradient

    class Saves(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x):
            y = torch.utils.checkpoint.checkpoint(self.layer, x, use_reentrant=False)
            return Swish.apply(y) + 1

    found = graph(Saves(), (4,))
    assert kinds(found) == ["dense", "activation", "merge", "unary"]
    assert not found.unknown


def test_an_operator_of_another_library_is_one_unknown_operation():
    @torch.library.custom_op("convwise_tests::relu", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, x], dim=1)

    @twice.register_fake
    def _(x: torch.Tensor) -> torch.Tensor:
        return x.new_empty(x.shape[0], 2 * x.shape[1])

    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(4, 8), nn.Linear(16, 2)

        def forward(self, x):
            return self.second(twice(self.first(x)))

    found = graph(Mixed(), (4,))
    assert [fact.what for fact in found.unknown] == ["convwise_tests::relu is not known"]
    assert kinds(found) == ["dense", "unknown", "dense"]
    assert shapes(found) == ["(N, 2)"]


def test_transformers_of_pytorch_take_no_short_way_past_their_layers():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    module = nn.TransformerEncoder(layer, 2).eval()
    found = graph(module, None, src=(6, 16))
    assert kinds(found).count("multi_head_attention") == 2
    assert not found.unknown


def test_where_a_rule_and_pytorch_disagree_the_shape_is_pytorch_s(monkeypatch: pytest.MonkeyPatch):
    right = functions.told

    def wrong(context, function, name, args, kwargs, at):
        return args[0] if name == "flatten" else right(context, function, name, args, kwargs, at)

    monkeypatch.setattr(functions, "told", wrong)
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Identity(), Flat(), nn.Linear(8, 3))
    found = graph(module, (1, 4, 4))
    assert kinds(found) == ["convolution", "identity", "unknown", "dense"]
    assert shapes(found) == ["(N, 3)"]
    [note] = found.notes
    assert (note.code, note.message) == (
        "disagreement",
        "2.flatten: the rule gives (3, 2, 2, 2), PyTorch (3, 8); PyTorch's shape is kept",
    )


class Flat(nn.Module):
    """All values of an example in a row."""

    def forward(self, x):
        return torch.flatten(x, 1)
