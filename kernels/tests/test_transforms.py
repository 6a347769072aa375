"""What PyTorch does to functions: vmap, compile, checkpoint, autocast; several Python threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from convwise_kernels import conv
from torch import Tensor
from torch.utils.checkpoint import checkpoint

Work = Callable[[Tensor, Tensor, Tensor], Tensor]


def _tensors() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    shapes = [(3, 2, 4, 9, 11), (4, 1, 3, 3, 3), (4,)]
    x, w, b = (torch.randn(shape, generator=generator) for shape in shapes)
    return x, w, b


def _layer(x: Tensor, w: Tensor, b: Tensor, activation: str = "tanh") -> Tensor:
    return conv(x, w, b, padding=1, groups=2, padding_mode="reflect", activation=activation)


def _loss(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return _layer(x, w, b, "silu").square().sum()


@pytest.mark.parametrize("axes", [(0, None, None), (None, 0, None), (None, None, 0), (0, 0, 0)])
def test_vmap_is_a_loop(axes: tuple[int | None, ...]) -> None:
    mapped = tuple(
        tensor if axis is None else torch.stack([tensor, 2 * tensor], dim=axis)
        for tensor, axis in zip(_tensors(), axes, strict=True)
    )
    found = torch.vmap(_layer, axes)(*mapped)
    each = [
        _layer(*(t if axis is None else t[i] for t, axis in zip(mapped, axes, strict=True)))
        for i in range(2)
    ]
    torch.testing.assert_close(found, torch.stack(each), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_many_gradients_at_once_are_a_loop(activation: str) -> None:
    leaves = [tensor.requires_grad_() for tensor in _tensors()]
    y = _layer(*leaves, activation)
    several = torch.stack([torch.ones_like(y), y.detach()])
    found = torch.autograd.grad(y, leaves, several, is_grads_batched=True, retain_graph=True)
    looped = [torch.autograd.grad(y, leaves, g, retain_graph=True) for g in several]
    for ours, parts in zip(found, zip(*looped, strict=True), strict=True):
        torch.testing.assert_close(ours, torch.stack(parts), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_compile_traces_through(activation: str) -> None:
    def step(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return _layer(x, w, b, activation).sin()

    found = []
    for function in (step, torch.compile(step, backend="aot_eager", fullgraph=True)):
        leaves = [tensor.clone().requires_grad_() for tensor in _tensors()]
        y = function(*leaves)
        found.append([y.detach(), *torch.autograd.grad(y.sum(), leaves)])
    for plain, compiled in zip(*found, strict=True):
        torch.testing.assert_close(compiled, plain)


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoint_computes_the_same(reentrant: bool) -> None:
    leaves = [tensor.requires_grad_() for tensor in _tensors()]
    plain = torch.autograd.grad(_loss(*leaves), leaves)
    for leaf in leaves:
        leaf.grad = None
    checkpoint(_loss, *leaves, use_reentrant=reentrant).backward()
    for leaf, gradient in zip(leaves, plain, strict=True):
        assert torch.equal(leaf.grad, gradient)


def test_autocast_keeps_float32_and_its_gradients() -> None:
    x, w, b = (tensor.requires_grad_() for tensor in _tensors())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = _layer(x.bfloat16(), w, b, "gelu")
    y.sum().backward()
    assert y.dtype == w.grad.dtype == torch.float32


def test_several_python_threads_at_once() -> None:
    x, w, b = _tensors()

    def train(scale: int) -> list[Tensor]:
        leaves = [tensor.mul(scale).requires_grad_() for tensor in (x, w, b)]
        return [*torch.autograd.grad(_loss(*leaves), leaves)]

    alone = [train(scale) for scale in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(train, range(1, 9)))
    for one, other in zip(alone, together, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
