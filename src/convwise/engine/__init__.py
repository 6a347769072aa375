"""How a real PyTorch module is run: plans that change when things are computed, never what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convwise.engine.accelerate import explain

__all__ = ["explain"]


def __getattr__(name: str) -> Any:
    # Parts of this room are used by processes that must not load a framework.
    if name == "explain":
        from convwise.engine.accelerate import explain

        return explain
    raise AttributeError(f"convwise.engine has no {name!r}")
