"""Padding modes by plain indices: the reference that float64 goes through; knows no convolution."""

import torch
from torch import Tensor

# In the order of the C interface's numbers.
MODES = ("zeros", "reflect", "replicate", "circular")


def elements_of_places(size: int, before: int, mode: str) -> Tensor:
    """For each place of an axis padded by `before` on both sides, the element that lies there."""
    places = torch.arange(-before, size + before)
    if mode == "replicate":
        return places.clamp(0, size - 1)
    if mode == "circular":
        return places % size
    return (size - 1 - (places.abs() - (size - 1)).abs()) if size > 1 else places * 0


def padded(x: Tensor, padding: tuple[int, ...], mode: str) -> Tensor:
    """x [n, c, axes...] with its borders."""
    for axis, before in enumerate(padding, start=2):
        x = x.index_select(axis, elements_of_places(x.shape[axis], before, mode))
    return x


def folded(g: Tensor, padding: tuple[int, ...], mode: str) -> Tensor:
    """The adjoint of `padded`: each element gets the sum over the places where it lies."""
    for axis, before in enumerate(padding, start=2):
        size = g.shape[axis] - 2 * before
        shape = [*g.shape[:axis], size, *g.shape[axis + 1 :]]
        places = elements_of_places(size, before, mode)
        g = g.new_zeros(shape).index_add_(axis, places, g)
    return g
