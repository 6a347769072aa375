"""How Keras 1 wrote positional arguments and several numbers in a row; must never build a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convwise.dialects.python.parameters import Arguments, Rewrite

_KERNEL = {
    1: ("filter_length",),
    2: ("nb_row", "nb_col"),
    3: ("kernel_dim1", "kernel_dim2", "kernel_dim3"),
}
_AFTER_KERNEL = ("init", "activation", "weights", "border_mode", "subsample", "dim_ordering")
_SIGNS = frozenset(
    (
        "nb_filter",
        "nb_row",
        "nb_col",
        "border_mode",
        "subsample",
        "subsample_length",
        "dim_ordering",
        "W_regularizer",
        "b_regularizer",
        "init",
        "atrous_rate",
    )
)


def is_old(name: str, kwargs: Arguments) -> bool:
    """Whether a call is written for Keras 1: by the layer's name or any of its keywords."""
    return "onvolution" in name or not _SIGNS.isdisjoint(kwargs)


def convolution(rank: int) -> Rewrite:
    """`(nb_filter, nb_row, nb_col, init, activation, ...)` in today's order."""
    return _rewriter(rank, _AFTER_KERNEL)


def atrous(rank: int) -> Rewrite:
    """The same with the dilation, which Keras 1 put into a layer of its own."""
    after = ("init", "activation", "weights", "border_mode", "subsample", "atrous_rate")
    return _rewriter(rank, after)


def deconvolution(rank: int) -> Rewrite:
    """The same with `output_shape` as the first argument after the kernel."""
    return _rewriter(rank, ("output_shape", *_AFTER_KERNEL))


def _rewriter(rank: int, after: tuple[str, ...]) -> Rewrite:
    names = _KERNEL[rank]

    def rewrite(
        name: str, args: Sequence[Any], kwargs: Arguments
    ) -> tuple[Sequence[Any], Arguments]:
        named = any(one in kwargs for one in names)
        in_a_row = len(args) > rank and all(type(one) is int for one in args[1 : 1 + rank])
        old = named or (in_a_row and is_old(name, kwargs) and rank > 1)
        if not old:
            return args, kwargs
        kwargs = dict(kwargs)
        given = list(args[1:])
        kernel = [
            kwargs.pop(one) if one in kwargs else given.pop(0) for one in names if named or given
        ]
        for one, value in zip(after, given, strict=False):
            kwargs.setdefault(one, value)
        kwargs["kernel_size"] = tuple(kernel) if rank > 1 else kernel[0]
        return args[:1], kwargs

    return rewrite
