"""A reading changes nothing of the module, nor of PyTorch, nor of Python."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.modules import module as registry

from convwise.errors import ReadError
from tests.dialects.torch.live.snippets import Small, graph, kinds


class Restless(nn.Module):
    """Changes its own buffers, attributes and lists whenever it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.register_buffer("count", torch.zeros(()))
        self.seen: list[Any] = []
        self.last: Any = None

    def forward(self, x):
        self.count += 1
        self.count = self.count * 2
        self.seen.append(x)
        self.last = x
        self.added = x
        noise = torch.rand(3, 1, 1) * random.random() * float(np.random.rand() >= 0)
        self.norm.bias.data.mul_(2)
        self.norm.train()
        return self.norm(x) + noise


def contents(module: nn.Module) -> dict[str, Any]:
    """Everything a module is, by path."""
    found: dict[str, Any] = {}
    for path, one in module.named_modules():
        found[path] = (type(one), dict(vars(one)), list(vars(one)))
        for name in ("_parameters", "_buffers", "_modules", "_forward_hooks"):
            found[f"{path} {name}"] = dict(vars(one)[name])
    return found


def test_attributes_buffers_and_modes_are_as_before():
    module = Restless().train()
    module.norm.eval()
    before, values = contents(module), copy.deepcopy(module.state_dict())
    graph(module, (3, 8, 8))
    after = contents(module)
    assert list(after) == list(before)
    for path, held in before.items():
        assert after[path] == held, path
    assert all(torch.equal(values[name], one) for name, one in module.state_dict().items())
    assert not module.seen
    assert (module.training, module.norm.training) == (True, False)


def test_a_reading_that_fails_leaves_everything_too():
    module = Restless()
    module.norm = nn.BatchNorm2d(4)
    before = contents(module)
    with pytest.raises(Exception, match="channels"):
        graph(module, (3, 8, 8))
    assert contents(module) == before


def test_random_numbers_go_on_as_if_nothing_had_been():
    module = Restless()
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    graph(module, (3, 8, 8))
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1] == random.getstate()
    assert states[2] == np.random.get_state()[1].tolist()


def test_settings_and_registries_of_pytorch_are_as_before():
    names = [name for name in vars(registry) if name.startswith("_global_")]
    before = {name: copy.copy(vars(registry)[name]) for name in names}
    module = Small().requires_grad_(False)
    with torch.no_grad():
        graph(module, (3, 8, 8))
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    assert {name: vars(registry)[name] for name in names} == before
    assert torch.get_default_dtype() is torch.float32
    assert not torch.is_autocast_enabled("cpu")
    assert not any(one.requires_grad for one in module.parameters())
    assert all(one.grad is None for one in module.parameters())


@pytest.mark.parametrize("setting", ["autocast", "inference", "double", "device"])
def test_a_reading_is_the_same_under_every_setting_of_the_caller(setting: str):
    module = Small()
    plain = graph(module, (3, 8, 8))
    if setting == "double":
        torch.set_default_dtype(torch.float64)
    try:
        with {
            "autocast": torch.autocast("cpu", dtype=torch.bfloat16),
            "inference": torch.inference_mode(),
            "double": torch.enable_grad(),
            "device": torch.device("meta"),
        }[setting]:
            found = graph(module, (3, 8, 8))
    finally:
        torch.set_default_dtype(torch.float32)
    assert kinds(found) == kinds(plain)
    assert [node.outputs for node in found.nodes] == [node.outputs for node in plain.nodes]


def test_hooks_of_the_user_run_and_stay():
    module = Small()
    shapes: list[tuple[int, ...]] = []
    handle = module.stem[0].register_forward_hook(
        lambda one, args, out: shapes.append(tuple(out.shape))
    )
    module.head.register_forward_pre_hook(lambda one, args: (args[0] * 2,))
    found = graph(module, (3, 8, 8))
    assert shapes
    assert kinds(found)[-2:] == ["unary", "dense"]
    assert len(module.stem[0]._forward_hooks) == 1
    handle.remove()


def test_the_module_runs_as_before_when_it_has_been_read():
    torch.manual_seed(0)
    module = Small().eval()
    x = torch.randn(2, 3, 8, 8)
    before = module(x)
    graph(module, (3, 8, 8))
    assert torch.equal(module(x), before)
    module.train()(x).sum().backward()
    assert module.head.weight.grad is not None


def test_the_same_module_can_be_read_twice():
    module = Small()
    assert kinds(graph(module, (3, 8, 8))) == kinds(graph(module, (3, 8, 8)))


def test_a_value_that_forward_asks_for_is_refused_with_its_line():
    class Asks(nn.Module):
        def forward(self, x):
            if x.sum() > 0:
                return x
            return -x

    with pytest.raises(ReadError, match="asks a tensor for its values") as caught:
        graph(Asks(), (3,))
    assert caught.value.where.text == "if x.sum() > 0:"
    assert str(caught.value.where.source).endswith("test_state.py")
