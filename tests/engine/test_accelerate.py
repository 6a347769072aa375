"""One line makes a module run by other plans; everything else about it stays as it was."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

import convwise
from convwise import engine
from convwise.costs.store import Record
from convwise.engine import planner
from convwise.engine.accelerate import chosen, plans
from convwise.errors import UsageError


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path / "cache"))


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv3d(1, 2, 3, padding=1),
        nn.ReLU(),
        nn.Conv3d(2, 2, 3, padding="same", padding_mode="circular"),
        nn.BatchNorm3d(2),
        nn.Conv3d(2, 1, (3, 1, 1), stride=(2, 1, 1), bias=False),
    )


def one_step(module: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    module.zero_grad()
    y = module(x)
    y.square().mean().backward()
    return [y.detach(), *[p.grad.clone() for p in module.parameters() if p.grad is not None]]


def forced(module: nn.Module, x: torch.Tensor, plan: str) -> nn.Module:
    """Accelerated with a plan for every call that can use it."""
    accelerated = convwise.accelerate(module)
    one_step(accelerated, x)
    able = {
        row.layer: {row.call: plan}
        for row in chosen(accelerated)
        if plan not in row.choice.refusals
    }
    return convwise.accelerate(convwise.restore(accelerated), frozen=able)


def test_outputs_gradients_and_state_are_those_of_the_module() -> None:
    x = torch.rand(2, 1, 8, 24, 24)
    plain = network()
    truth = one_step(plain, x)
    for plan in planner.PLANS:
        module = forced(network(), x, plan)
        before = list(module.state_dict())
        for found, wanted in zip(one_step(module, x), truth, strict=True):
            torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
        assert list(module.state_dict()) == before == list(plain.state_dict())
        module.load_state_dict(network().state_dict())


def test_it_is_undone() -> None:
    module = convwise.accelerate(network())
    assert "_conv_forward" in module[0].__dict__
    convwise.restore(module)
    assert "_conv_forward" not in module[0].__dict__
    assert torch.equal(
        module[0](torch.ones(1, 1, 4, 4, 4)), network()[0](torch.ones(1, 1, 4, 4, 4))
    )


def test_the_fastest_wins_native_the_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"native": 1.0, "channels last": 0.95, "banded": 0.3, "unfolded": 0.2}
    off = {"unfolded"}

    def measured(names: list[str], *rest: object, **options: object) -> dict[str, Record]:
        return {
            name: Record(None if name in off else times.get(name, 2.0), 0.0, 3) for name in names
        }

    monkeypatch.setattr(planner, "_measured", measured)
    module = convwise.accelerate(nn.Conv3d(1, 1, 3, padding=1))
    module(torch.rand(1, 1, 4, 8, 8))
    (row,) = chosen(module)
    assert row.choice.plan == "banded"
    assert row.choice.refusals["unfolded"] == "its numbers are not PyTorch's"
    text = engine.explain(module)
    assert text.startswith("the module: banded   (native 1e+03 ms, channels last 950 ms")
    times["banded"] = 0.91
    again = convwise.accelerate(nn.Conv3d(1, 1, 3, padding=1))
    again(torch.rand(1, 1, 4, 8, 8))
    assert chosen(again)[0].choice.plan == "banded", "the store knows it already"
    again(torch.rand(1, 1, 5, 8, 8))
    assert chosen(again)[1].choice.plan == "native", "a tenth is within the noise"


def test_what_is_measured_once_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.rand(1, 1, 8, 64, 64)
    first = convwise.accelerate(nn.Conv3d(1, 1, 5, padding=2))
    first(x)

    def measured(*rest: object, **options: object) -> dict[str, Record]:
        raise AssertionError("measured again")

    monkeypatch.setattr(planner, "_measured", measured)
    second = convwise.accelerate(nn.Conv3d(1, 1, 5, padding=2))
    second(x)
    assert plans(first) == plans(second)


def test_small_calls_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "_LEAST_SECONDS", 1e6)
    module = convwise.accelerate(nn.Conv2d(1, 1, 3))
    module(torch.rand(1, 1, 4, 4))
    (row,) = chosen(module)
    assert row.choice.plan == "native"
    assert list(row.choice.seconds) == ["native"]


def test_frozen_plans_are_replayed_and_checked() -> None:
    x = torch.rand(1, 1, 6, 16, 16)
    module = forced(nn.Conv3d(1, 1, 3, padding=1), x, "banded")
    assert set(plans(module)[""].values()) == {"banded"}
    other = convwise.accelerate(nn.Conv3d(1, 1, 3, padding=1), frozen=plans(module))
    other(torch.rand(1, 1, 7, 16, 16))
    assert len(chosen(other)) == 1, "a call that is not in the plan runs as PyTorch runs it"
    with pytest.raises(UsageError, match="there is no plan 'magic'"):
        convwise.accelerate(nn.Conv3d(1, 1, 3), frozen={"": {"any": "magic"}})


def test_copies_pickles_and_hooks() -> None:
    x = torch.rand(1, 1, 6, 16, 16)
    module = convwise.accelerate(network())
    seen: list[int] = []
    module[0].register_forward_hook(lambda *_: seen.append(1))
    truth = module.eval()(x)
    assert torch.equal(copy.deepcopy(module)(x), truth)
    assert len(seen) == 2
    clean = convwise.accelerate(network()).eval()
    assert torch.allclose(pickle.loads(pickle.dumps(clean))(x), truth, atol=1e-6)


def test_second_derivatives_and_checkpoints() -> None:
    x = torch.rand(1, 1, 6, 12, 12, requires_grad=True)
    found = []
    for module in (network(), forced(network(), x, "banded")):
        y = torch.utils.checkpoint.checkpoint(module, x, use_reentrant=False)
        (slope,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
        (curve,) = torch.autograd.grad(slope.square().sum(), module[0].weight)
        found.append(curve)
    torch.testing.assert_close(*found, rtol=1e-3, atol=1e-4)


def test_planning_inside_of_a_checkpoint_saves_nothing_there() -> None:
    x = torch.rand(1, 1, 8, 32, 32)
    found = []
    for module in (network(), convwise.accelerate(network())):
        torch.utils.checkpoint.checkpoint(module, x, use_reentrant=False).sum().backward()
        found.append(module[0].weight.grad)
    torch.testing.assert_close(*found, rtol=1e-3, atol=1e-4)


def test_compiled_autocast_and_vmap_run_pytorchs_own() -> None:
    x = torch.rand(2, 1, 6, 12, 12)
    module = forced(network(), x, "banded").eval()
    plain = network().eval()
    module.load_state_dict(plain.state_dict())
    with torch.no_grad():
        compiled = torch.compile(module, backend="eager")
        torch.testing.assert_close(compiled(x), plain(x))
        mapped = torch.vmap(lambda one: module(one[None])[0])(x)
        torch.testing.assert_close(mapped, plain(x))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert module(x).dtype == torch.bfloat16
            assert torch.equal(module(x), plain(x))


def test_nothing_was_called_yet() -> None:
    assert "no convolution was called" in engine.explain(convwise.accelerate(network()))
