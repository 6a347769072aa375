"""Makes the convolutions of a PyTorch module run by the fastest exact plan; measures nothing.

Parameters, state_dict, hooks, parametrizations and copies stay as they are: of each convolution
only the method that calls PyTorch's function is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, final

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from convwise.engine.planner import PLANS, Choice, Planner, Progress, call_key
from convwise.engine.plans.native import native
from convwise.engine.plans.plan import Convolution, is_plain
from convwise.errors import UsageError

_METHOD: Final = "_conv_forward"
_MODULES: Final = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


class Row(NamedTuple):
    """What runs where: a layer, the facts of its call, and the choice."""

    layer: str
    call: str
    choice: Choice


def accelerate(
    module: nn.Module,
    *,
    frozen: Mapping[str, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> nn.Module:
    """The same module; its Conv1d, Conv2d and Conv3d run by the fastest exact plan from now on.

    The plans of a layer are measured when it is first called with a new shape, and kept in the
    cost store. frozen: what `plans` gave before; then nothing is measured, and calls it does not
    know run as PyTorch runs them. Inside of torch.compile, autocast, torch.func and on fake tensors
    PyTorch's own convolution runs. Raises UsageError for a frozen plan that there is not.
    """
    for name, table in (frozen or {}).items():
        for plan in table.values():
            if plan not in PLANS:
                raise UsageError(
                    f"layer {name}: there is no plan {plan!r}", hint=f"one of {', '.join(PLANS)}"
                )
    planner = None if frozen is not None else Planner(progress)
    for name, part in module.named_modules():
        convolution = _convolution(part)
        if convolution is not None:
            known = {call: Choice(plan) for call, plan in (frozen or {}).get(name, {}).items()}
            setattr(part, _METHOD, _Planned(convolution, planner, known))
    return module


def restore(module: nn.Module) -> nn.Module:
    """The same module as it was before `accelerate`."""
    for part in module.modules():
        if isinstance(part.__dict__.get(_METHOD), _Planned):
            delattr(part, _METHOD)
    return module


def chosen(module: nn.Module) -> list[Row]:
    """What was chosen so far, layer by layer, in the order of the module."""
    found = []
    for name, part in module.named_modules():
        planned = part.__dict__.get(_METHOD)
        if isinstance(planned, _Planned):
            found += [Row(name, call, choice) for call, choice in planned.choices.items()]
    return found


def plans(module: nn.Module) -> dict[str, dict[str, str]]:
    """The choices as plain data, by layer and call, for `accelerate(module, frozen=...)`."""
    found: dict[str, dict[str, str]] = {}
    for row in chosen(module):
        found.setdefault(row.layer, {})[row.call] = row.choice.plan
    return found


def explain(module: nn.Module) -> str:
    """A line per layer and call: the plan, its time and PyTorch's, and what cannot be used."""
    lines = []
    for layer, call, choice in chosen(module):
        times = [f"{name} {1e3 * s:.3g} ms" for name, s in choice.seconds.items()]
        lines.append(f"{layer or 'the module'}: {choice.plan}   ({', '.join(times) or 'frozen'})")
        lines.append(f"    {call}")
        lines += [f"    not {name}: {why}" for name, why in choice.refusals.items()]
    return "\n".join(lines) or "no convolution was called since accelerate(module)"


@final
class _Planned:
    """Stands for the method of one module that calls PyTorch's convolution."""

    def __init__(
        self, convolution: Convolution, planner: Planner | None, choices: dict[str, Choice]
    ) -> None:
        self._convolution = convolution
        self._planner = planner
        self.choices = choices

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """As the module's own method, by the plan for these shapes."""
        c = self._convolution
        if not _may_be_planned(x, weight, c):
            return native(c, x, weight, bias)
        key = call_key(c, x, weight)
        if key not in self.choices:
            if self._planner is None:
                return native(c, x, weight, bias)
            self.choices[key] = self._planner.choose(c, x, weight, bias=bias is not None)
        return PLANS[self.choices[key].plan](c, x, weight, bias)


def _may_be_planned(x: Tensor, weight: Tensor, convolution: Convolution) -> bool:
    if torch.compiler.is_compiling() or torch.is_autocast_enabled(x.device.type):
        return False
    if torch._C._are_functorch_transforms_active() or torch.jit.is_tracing():
        return False
    batched = x.dim() == convolution.axes + 2 and x.numel() > 0
    return batched and is_plain(x) and is_plain(weight)


def _convolution(part: Any) -> Convolution | None:
    """The facts of a module of PyTorch's own; None for other modules and uneven paddings."""
    if type(part) not in _MODULES:
        return None
    assert isinstance(part, _ConvNd)
    padding = part.padding
    if isinstance(padding, str):
        both = [d * (k - 1) for d, k in zip(part.dilation, part.kernel_size, strict=True)]
        if padding == "same" and any(total % 2 for total in both):
            return None
        padding = tuple([total // 2 if padding == "same" else 0 for total in both])
    return Convolution(part.stride, padding, part.dilation, part.groups, part.padding_mode)
