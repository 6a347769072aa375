"""A training step of a plan learns what a plain step learns."""

from __future__ import annotations

import pytest
import torch

import convwise
from convwise.analyses.fit.plan import Plan, plan_of
from convwise.engine.recompute import recomputing
from convwise.engine.step import training_step
from convwise.errors import UsageError

from .networks import chain, residual


def _trained(
    module: torch.nn.Module, plan: Plan, steps: int = 2
) -> tuple[list[float], list[torch.Tensor]]:
    torch.manual_seed(1)
    x = torch.randn(plan.examples, 3, 16, 16, dtype=torch.float64)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    y = torch.zeros_like(module.eval()(x))
    losses = [training_step(module, optimizer, x, y, plan) for _ in range(steps)]
    return losses, [p.detach() for p in module.parameters()]


def test_accumulation_and_recomputation_are_exact() -> None:
    net = convwise.read(chain(), (3, 16, 16))
    names = tuple([layer.name for layer in net.graph.layers if layer.name != "input"])
    torch.manual_seed(0)
    losses, weights = _trained(net.to_torch().double(), Plan(batch=6))
    for plan in (Plan(batch=2, accumulation=3), Plan(3, 2, (names[1:5], names[5:8]))):
        torch.manual_seed(0)
        module = recomputing(net.graph, plan.recompute).double()
        found, learned = _trained(module, plan)
        assert found == pytest.approx(losses, rel=1e-12)
        assert all(
            torch.allclose(a, b, rtol=1e-10, atol=1e-12)
            for a, b in zip(weights, learned, strict=True)
        )


def test_accumulation_changes_what_batch_statistics_see() -> None:
    net = convwise.read(residual(), (3, 16, 16))
    found = []
    for plan in (Plan(batch=4), Plan(batch=2, accumulation=2)):
        torch.manual_seed(0)
        found.append(_trained(net.to_torch().double(), plan, 1)[0][0])
    assert found[0] != pytest.approx(found[1], rel=1e-6)


def test_mixed_precision_runs_in_bfloat16() -> None:
    net = convwise.read(chain(), (3, 16, 16))
    names = tuple([layer.name for layer in net.graph.layers if layer.name != "input"])
    seen = []
    losses = []
    for segments in ((), (names[2:6],)):
        torch.manual_seed(0)
        module = recomputing(net.graph, segments)
        module.get_submodule("layer_2").register_forward_hook(
            lambda _, __, output: seen.append(output.dtype)
        )
        x, y = torch.ones(2, 3, 16, 16), torch.zeros(2, 1, 16, 16)
        optimizer = torch.optim.Adam(module.parameters())
        plan = Plan(2, precision="bf16-mixed", recompute=segments)
        losses.append([training_step(module, optimizer, x, y, plan) for _ in range(2)])
    assert set(seen) == {torch.bfloat16}
    assert losses[0] == losses[1]


def test_the_number_of_examples_is_the_plans() -> None:
    net = convwise.read(chain(), (3, 16, 16))
    module = net.to_torch()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    with pytest.raises(UsageError, match="4 examples"):
        training_step(
            module, optimizer, torch.ones(3, 3, 16, 16), torch.ones(3, 1, 16, 16), Plan(2, 2)
        )


def test_plans_are_data() -> None:
    plan = Plan(2, 3, (("a", "b"), ("c",)), "bf16-mixed", "sgd")
    assert plan_of(plan.to_dict()) == plan
    assert plan.examples == 6
    assert plan.training().accumulation == 3
