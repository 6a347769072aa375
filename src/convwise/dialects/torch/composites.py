"""Modules of PyTorch that are built of its other modules; they have the names of PyTorch's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from convwise.dialects.torch.containers import Container

_SORTS: Final[dict[str, type[Container]]] = {}


def composite(name: str) -> type[Container] | None:
    """The class of such a module; None when it is none."""
    return _SORTS.get(name)
