"""How far the kernels are from the truth, measured in PyTorch's own error; judges one case."""

from collections.abc import Iterator
from contextlib import contextmanager

import convwise_kernels
import torch
from torch import Tensor

from tests.cases import Case

# The largest error, PyTorch's too, is a matter of luck: some roundings of the sum of absolute
# values are always allowed. From so many elements on, the root mean square is no luck any more.
_MANY = 1000
NAMES = ["output", "input gradient", "weight gradient", "bias gradient"]


def _too_far(ours: Tensor, plain: Tensor, truth: Tensor, scale: Tensor, eps: float) -> bool:
    free = 4 * eps
    error, theirs = (ours - truth).abs(), (plain - truth).abs()
    largest = torch.maximum(4 * theirs.max(), free * scale.max())
    if not error.max() <= largest:
        return True
    typical = torch.maximum(4 * theirs.square().mean().sqrt(), free / 8 * scale.max())
    return ours.numel() >= _MANY and not error.square().mean().sqrt() <= typical


@contextmanager
def _forced(level: str) -> Iterator[None]:
    before = convwise_kernels.level()
    convwise_kernels.force_level(level or before)
    try:
        yield
    finally:
        convwise_kernels.force_level(before)


def _leaves(case: Case, dtype: torch.dtype) -> list[Tensor | None]:
    return [
        None if tensor is None else tensor.detach().to(dtype).requires_grad_()
        for tensor in case.tensors()
    ]


def _with_gradients(y: Tensor, leaves: list[Tensor | None], g: Tensor) -> list[Tensor]:
    given = [leaf for leaf in leaves if leaf is not None]
    return [y.detach(), *torch.autograd.grad(y, given, g.to(y.dtype))]


def _plain(case: Case, dtype: torch.dtype, g: Tensor, kept: Tensor) -> list[Tensor]:
    """Output and gradients of PyTorch's own operations; those with a corner turn at `kept`."""
    leaves = _leaves(case, dtype)
    y = case.plain(*leaves)
    if case.activation in ("relu", "leaky_relu"):
        y = torch.where(kept, y, y * case.follows.slope)
    else:
        y = case.follows.of(y)
    return _with_gradients(y, leaves, g)


def _ours(case: Case, g: Tensor) -> list[Tensor]:
    with _forced(case.level):
        leaves = _leaves(case, case.dtype)
        return _with_gradients(case.ours(*leaves), leaves, g)


def _cancelled(case: Case, g: Tensor, kept: Tensor) -> list[Tensor]:
    """The same sums over absolute values: what rounding errors scale with. The derivative of a
    curved activation inherits the error of what it is applied to."""
    leaves = [None if t is None else t.abs().double().requires_grad_() for t in case.tensors()]
    y = case.plain(*leaves)
    g = g.abs() * kept if case.activation == "relu" else g.abs()
    curved = case.activation not in ("none", "relu", "leaky_relu")
    return _with_gradients(y, leaves, g * (1 + y.detach()) if curved else g)


def troubles(case: Case) -> list[str]:
    """What disagrees: shapes, or an error over 4 times that of PyTorch's own result of the same
    type (see _too_far for few elements)."""
    with _forced(case.level):
        ours_forward = case.ours(*case.tensors())
    generator = torch.Generator().manual_seed(case.seed + 1)
    g = torch.randn(ours_forward.shape, generator=generator).to(case.dtype)
    kept = ours_forward > 0
    results = zip(
        NAMES,
        _ours(case, g),
        _plain(case, case.dtype, g, kept),
        _plain(case, torch.float64, g, kept),
        _cancelled(case, g, kept),
        strict=False,
    )
    found = []
    for name, ours, plain, truth, scale in results:
        if ours.shape != truth.shape or ours.dtype != case.dtype:
            found.append(f"{name}: {ours.dtype} {list(ours.shape)}, should be {list(truth.shape)}")
        elif ours.numel() and _too_far(ours, plain, truth, scale, torch.finfo(case.dtype).eps):
            error, theirs = (ours - truth).abs().max(), (plain - truth).abs().max()
            found.append(f"{name}: error {error:.3g}, PyTorch's own {theirs:.3g}")
    return found
