"""Exported programs as graphs: rows, weights, sizes, what is unknown, and the numbers computed."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from convwise.dialects.torch.read_live import read_live
from convwise.dialects.torch.read_program import read_file, read_program
from convwise.errors import UsageError
from convwise.graph.nodes import Graph
from convwise.network import Network
from tests.dialects.torch.program.snippets import (
    content,
    exported,
    graph,
    packed,
    read_bytes,
    saved,
)


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.gain = nn.Parameter(torch.ones(4, 1, 1))
        self.head = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x) * self.gain
        y = functional.max_pool2d(torch.relu(x), 2)
        return self.head(y.view(y.shape[0], -1))


class Sequences(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 16)
        self.attend = nn.MultiheadAttention(16, 4, batch_first=True)
        self.norm = nn.LayerNorm(16)
        self.memory = nn.LSTM(16, 6, 2, batch_first=True, bidirectional=True)
        self.cell = nn.GRUCell(12, 5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.words(tokens)
        x = self.norm(x + self.attend(x, x, x, need_weights=False)[0])
        x, _ = self.memory(x)
        return self.cell(x[:, -1])


class Derived(nn.Conv1d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(functional.pad(x, (2, 0)))


class Others(nn.Module):
    """Layers that are told by several operations, shared, frozen, normalised or derived."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = Derived(4, 4, 3)
        self.normed = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 4, 1))
        self.mirror = nn.Conv1d(4, 4, 3, padding=1, padding_mode="reflect")
        self.again = self.mirror
        self.slope = nn.PReLU(4)
        self.act = nn.Hardswish(inplace=True)
        self.response = nn.LocalResponseNorm(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.normed(self.conv(x))
        x = self.again(self.mirror(x))
        x = self.response(self.act(self.slope(x)))
        return functional.normalize(x[:, 1:, None, :-1].flatten(1), dim=1)


def image(*sizes: int) -> tuple[torch.Tensor, ...]:
    return (torch.zeros(3, *sizes),)


def rows(found: Graph) -> list[str]:
    return [layer.name for layer in found.layers]


def notes(found: Graph) -> list[str]:
    return [note.code for note in found.notes]


def test_layers_functions_and_parameters_are_rows_under_their_paths(tmp_path: Path):
    found = read_bytes(made("layers")[2], tmp_path)
    assert rows(found) == [
        "x",
        "stem.0",
        "stem.1",
        "stem.2",
        "gain",
        "mul",
        "relu",
        "max_pool2d",
        "view",
        "head",
    ]
    classes = [layer.dialect_name for layer in found.layers]
    assert classes[1:4] == ["Conv2d", "BatchNorm2d", "ReLU"]
    assert not found.unknown
    assert not notes(found)


def test_weights_have_the_names_and_shapes_of_the_state(tmp_path: Path):
    module = Small()
    module.stem[0].weight.requires_grad_(False)
    found = graph(module, image(3, 8, 8), tmp_path)
    named = {name: tuple(one.shape) for name, one in module.named_parameters()}
    ours = {name: one for name, one in found.weights.items() if one.counted}
    assert {name: tuple([d for _, d in one.axes]) for name, one in ours.items()} == named
    assert [name for name, one in ours.items() if not one.trainable] == ["stem.0.weight"]


CASES: dict[str, tuple[type[nn.Module], tuple[torch.Tensor, ...]]] = {
    "layers": (Small, image(3, 8, 8)),
    "sequences": (Sequences, (torch.zeros(3, 7, dtype=torch.int64),)),
    "others": (Others, image(4, 9)),
}


@functools.cache
def made(name: str) -> tuple[nn.Module, Any, bytes]:
    """A module of random weights, its program and its file, exported once."""
    torch.manual_seed(0)
    make, inputs = CASES[name]
    module = make().eval()
    for one in module.parameters():
        nn.init.normal_(one, 0, 0.3)
    program = exported(module, inputs)
    return module, program, saved(program)


def live(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> Network:
    return Network(read_live(module, inputs={None: inputs[0]}))


@pytest.mark.parametrize("name", CASES)
def test_file_and_live_program_are_the_live_module(name: str, tmp_path: Path):
    inputs = CASES[name][1]
    module, program, raw = made(name)
    stored = Network(read_bytes(raw, tmp_path))
    running = Network(read_program(program, inputs={}))
    assert stored.difference(live(module, inputs)) is None
    assert running.difference(stored) is None
    assert not stored.graph.unknown
    totals = [net.summary().to_dict()["totals"] for net in (stored, running)]
    assert totals[0]["parameters"] == sum(one.numel() for one in module.parameters())
    assert totals[0] == totals[1]


# What a weight_norm does to its values is not in the graph: the third case has one.
@pytest.mark.parametrize("name", ["layers", "sequences"])
def test_the_graph_computes_what_the_module_computes(name: str, tmp_path: Path):
    [example] = CASES[name][1]
    module, _, raw = made(name)
    x = torch.randn(2, *example.shape[1:])
    if not example.is_floating_point():
        x = torch.randint(0, 20, (2, *example.shape[1:]))
    net = Network(read_bytes(raw, tmp_path))
    state = {key: one.double().numpy() for key, one in module.state_dict().items()}
    ours = net.run(x.numpy(), weights=state)
    np.testing.assert_allclose(ours, module(x).detach().numpy(), rtol=1e-5, atol=1e-5)


def test_a_program_in_core_aten_is_the_same_network(tmp_path: Path):
    module, program, _ = made("layers")
    core = Network(read_bytes(saved(program.run_decompositions()), tmp_path))
    assert core.difference(live(module, image(3, 8, 8))) is None
    assert not core.graph.unknown


def test_a_program_exported_in_training_is_read_as_after_eval(tmp_path: Path):
    module = Small().train()
    program = torch.export.export(module, image(3, 8, 8))
    found = read_bytes(saved(program), tmp_path)
    assert not found.unknown
    assert [node.kind.name for node in found.nodes][1:4] == [
        "convolution",
        "batch_norm",
        "activation",
    ]


def test_open_sizes_are_exact_and_have_letters(tmp_path: Path):
    module = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.Upsample(scale_factor=2))
    height = torch.export.Dim("height", min=8, max=512)
    program = torch.export.export(
        module.eval(),
        (torch.zeros(3, 3, 32, 32),),
        dynamic_shapes=({0: torch.export.Dim.AUTO, 2: height},),
    )
    raw = saved(program)
    found = read_bytes(raw, tmp_path)
    shape = [str(dim) for dim in found.nodes[-1].outputs[0].shape]
    assert shape == ["N", "4", "2*ceil(H/2) - 2", "30"]
    fixed = read_bytes(raw, tmp_path, input=(3, 64, 32))
    assert [str(dim) for dim in fixed.nodes[-1].outputs[0].shape] == ["N", "4", "62", "30"]
    named = read_bytes(raw, tmp_path, input=(3, "rows", 32))
    assert "rows" in str(named.nodes[-1].outputs[0].shape[2])


def test_a_fixed_batch_stays_and_is_told(tmp_path: Path):
    found = graph(Small(), image(3, 8, 8), tmp_path, free=False)
    assert notes(found) == ["batch-size"]
    assert found.nodes[-1].outputs[0].shape == (3, 10)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"image": (3, 8, 8)}, "there is no input 'image'"),
        ({"x": (3, 8, 9)}, "(3, 8, 8) in the program, (3, 8, 9) is given"),
        ({"x": (3, 8)}, "(3, 8, 8) in the program, (3, 8) is given"),
    ],
)
def test_shapes_that_a_program_cannot_have_are_refused(
    inputs: dict[str, tuple[int, ...]], words: str, tmp_path: Path
):
    raw = made("layers")[2]
    with pytest.raises(UsageError) as caught:
        read_bytes(raw, tmp_path, **inputs)
    assert words in caught.value.message


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(3, 3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(torch.fft.fft(x).real)


def test_an_unknown_operation_keeps_its_shape_and_is_listed(tmp_path: Path):
    found = graph(Odd(), image(3, 9), tmp_path)
    assert [one.layer for one in found.unknown][:1] == ["fft_fft"]
    assert found.nodes[-1].outputs[0].shape[1:] == (3, 7)
    totals = Network(found).summary().to_dict()["totals"]
    assert totals["macs"]["forward"] == {"at_least": 3 * 3 * 3 * 7}


def test_blocks_without_gradient_are_taken_apart(tmp_path: Path):
    class Still(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.no_grad():
                y = functional.interpolate(x, scale_factor=2.0)
            return torch.relu(y)

    found = graph(Still(), image(3, 4, 4), tmp_path)
    assert not found.unknown
    assert [node.kind.name for node in found.nodes] == ["input", "upsample", "activation"]


def test_a_weight_under_two_names_counts_once(tmp_path: Path):
    module, _, raw = made("others")
    found = Network(read_bytes(raw, tmp_path))
    calls = [layer["calls"] for layer in found.summary().to_dict()["layers"]]
    assert sum(calls) > len(calls)
    total = found.summary().to_dict()["totals"]["parameters"]
    assert total == sum(one.numel() for one in module.parameters())


def test_reading_leaves_a_live_program_what_it_is():
    program = made("layers")[1]
    before = str(program), torch.get_rng_state().tolist()
    read_program(program, inputs={})
    assert (str(program), torch.get_rng_state().tolist()) == before


def test_reading_a_file_imports_neither_torch_nor_numpy(tmp_path: Path):
    path = tmp_path / "net.pt2"
    path.write_bytes(made("layers")[2])
    code = (
        "import sys; from pathlib import Path; "
        "from convwise.dialects.torch.read_program import read_file; "
        f"read_file(Path({str(path)!r}), label='x', name=None, inputs={{}}); "
        "print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "member",
    ["serialized_exported_program.json", "models/model.json", "archive/models/model.json"],
)
def test_every_layout_of_the_archive_is_read(member: str, tmp_path: Path):
    data = content(made("layers")[2])
    found = read_bytes(packed({member: json.dumps(data), "version": "8.2"}), tmp_path)
    assert rows(found)[1] == "stem.0"


def test_one_of_several_models_is_picked_by_name(tmp_path: Path):
    one = json.dumps(content(made("layers")[2]))
    two = json.dumps(content(made("others")[2]))
    path = tmp_path / "both.pt2"
    path.write_bytes(packed({"b/models/first.json": one, "b/models/second.json": two}))
    found = read_file(path, label="both.pt2", name="second", inputs={})
    assert found.name == "second"
    assert "normed" in rows(found)
    with pytest.raises(UsageError) as caught:
        read_file(path, label="both.pt2", name="third", inputs={})
    assert caught.value.hint == "its models are first, second"


class Writes(nn.Module):
    """Values stored into parts of tensors, which are used as a whole behind."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(x)
        y[:, 0] = y[:, 1] * 2
        y[:, 1:].mul_(3)
        z = torch.zeros_like(y)
        z[:, :, 2:4] = y[:, :, :2]
        return y + z


def test_what_is_written_into_a_part_is_in_the_whole(tmp_path: Path):
    torch.manual_seed(0)
    net = Network(graph(Writes(), image(3, 6), tmp_path))
    x = torch.randn(2, 3, 6)
    assert not net.graph.unknown
    np.testing.assert_allclose(net.run(x.numpy()), Writes()(x).numpy(), rtol=1e-6)


class Rearranged(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(x)
        y.transpose(1, 2).add_(1)
        return y * 2


def test_what_is_written_through_another_order_is_not_known(tmp_path: Path):
    found = graph(Rearranged(), image(3, 6), tmp_path)
    assert [one.layer for one in found.unknown] == ["setitem"]
