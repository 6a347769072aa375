"""How far the kernels are from the truth, measured in PyTorch's own error; judges one case."""

import torch
from torch import Tensor

from tests.cases import Case

# The largest error, PyTorch's too, is a matter of luck: eight roundings of the sum of absolute
# values are always allowed. From so many elements on, the root mean square is no luck any more.
_FREE = 4 * torch.finfo(torch.float32).eps
_MANY = 1000


def _too_far(ours: Tensor, plain: Tensor, truth: Tensor, scale: Tensor) -> bool:
    error, theirs = (ours - truth).abs(), (plain - truth).abs()
    largest = torch.maximum(4 * theirs.max(), _FREE * scale.max())
    if not error.max() <= largest:
        return True
    typical = torch.maximum(4 * theirs.square().mean().sqrt(), _FREE / 8 * scale.max())
    return ours.numel() >= _MANY and not error.square().mean().sqrt() <= typical


def _gradients(y: Tensor, given: list[Tensor], g: Tensor) -> list[Tensor]:
    return list(torch.autograd.grad(y, given, g))


def _leaves(case: Case, dtype: torch.dtype) -> list[Tensor | None]:
    return [
        None if tensor is None else tensor.detach().to(dtype).requires_grad_()
        for tensor in case.tensors()
    ]


def _plain(case: Case, dtype: torch.dtype, g: Tensor, kept: Tensor) -> list[Tensor]:
    """Output and gradients of PyTorch's own convolution; ReLU lets through where `kept`."""
    leaves = _leaves(case, dtype)
    y = case.plain(*leaves)
    y = y * kept.to(dtype) if case.relu else y
    given = [leaf for leaf in leaves if leaf is not None]
    return [y.detach(), *_gradients(y, given, g.to(dtype))]


def _ours(case: Case, g: Tensor) -> list[Tensor]:
    leaves = _leaves(case, torch.float32)
    y = case.ours(*leaves)
    given = [leaf for leaf in leaves if leaf is not None]
    return [y.detach(), *_gradients(y, given, g)]


def _cancelled(case: Case, g: Tensor, kept: Tensor) -> list[Tensor]:
    """The same sums over absolute values: what rounding errors scale with."""
    x, w, b = (None if t is None else t.abs().double().requires_grad_() for t in case.tensors())
    y = case.plain(x, w, b)
    given = [leaf for leaf in (x, w, b) if leaf is not None]
    return [
        y.detach(),
        *_gradients(y, given, (g * kept).abs().double() if case.relu else g.abs().double()),
    ]


def troubles(case: Case) -> list[str]:
    """What disagrees: shapes, or an error over 4 times that of PyTorch's own float32 result
    (see _too_far for few elements)."""
    ours_forward = case.ours(*case.tensors())
    g = torch.randn(ours_forward.shape, generator=torch.Generator().manual_seed(case.seed + 1))
    kept = ours_forward > 0
    names = ["output", "input gradient", "weight gradient", "bias gradient"]
    found = []
    results = zip(
        names,
        _ours(case, g),
        _plain(case, torch.float32, g, kept),
        _plain(case, torch.float64, g, kept),
        _cancelled(case, g, kept),
        strict=False,
    )
    for name, ours, plain, truth, scale in results:
        if ours.shape != truth.shape:
            found.append(f"{name}: shape {list(ours.shape)}, should be {list(truth.shape)}")
        elif ours.numel():
            error, theirs = (ours - truth).abs().max(), (plain - truth).abs().max()
            if _too_far(ours, plain, truth, scale):
                found.append(f"{name}: error {error:.3g}, PyTorch's own {theirs:.3g}")
    return found
