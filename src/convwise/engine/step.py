"""Carries out one training step of a plan: accumulation and precision; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from convwise.analyses.fit.plan import Plan
from convwise.errors import UsageError

#: From outputs and targets to a mean over examples.
Loss = Callable[[Any, Any], Any]


def training_step(
    module: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    x: Any,
    y: Any,
    plan: Plan,
    loss: Loss | None = None,
) -> float:
    """One optimizer step on `plan.examples` examples; the mean loss over them.

    x, y: tensors with the examples along their first axis, or tuples of such for several inputs
    or outputs. loss: a mean over examples, the mean squared error by default. Each part's loss
    counts with its share of the examples, so that gradients are those of the whole batch up to
    rounding, where no layer looks at several examples at once. With "bf16-mixed" the forward pass
    runs under autocast and the loss in float32; with "float64" the module must be float64 already.
    Raises UsageError when there are other than `plan.examples` examples.
    """
    inputs, targets = _parts(x), _parts(y)
    found = {int(tensor.shape[0]) for tensor in (*inputs, *targets)}
    if found != {plan.examples}:
        raise UsageError(
            f"the plan is for {plan.examples} examples, there are {sorted(found)}",
            hint="give as many as batch times accumulation of the plan",
        )
    module.train()
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for begin in range(0, plan.examples, plan.batch):
        part = slice(begin, begin + plan.batch)
        total += _part(
            module,
            [tensor[part] for tensor in inputs],
            [tensor[part] for tensor in targets],
            plan,
            loss or mean_squared_error,
        )
    optimizer.step()
    return total


def mean_squared_error(outputs: Any, targets: Any) -> Any:
    """The mean squared error, summed over several outputs."""
    pairs = zip(_parts(outputs), _parts(targets), strict=True)
    return sum([F.mse_loss(output.to(target.dtype), target) for output, target in pairs])


def _part(
    module: torch.nn.Module, inputs: Sequence[Any], targets: Sequence[Any], plan: Plan, loss: Loss
) -> float:
    """Forward and backward of one part; its share of the loss. Nothing of it lives on."""
    device = inputs[0].device.type
    with _precision(plan.precision, device):
        outputs = module(*inputs)
    wanted = targets[0] if len(targets) == 1 else tuple(targets)
    share = loss(outputs, wanted)
    if plan.accumulation > 1:
        share = share / plan.accumulation
    del outputs
    share.backward()
    return float(share.detach())


def _precision(name: str, device: str) -> AbstractContextManager[Any]:
    if name != "bf16-mixed":
        return nullcontext()
    made: AbstractContextManager[Any] = torch.autocast(device, dtype=torch.bfloat16)
    return made


def _parts(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, tuple | list) else (given,)
