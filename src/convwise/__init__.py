"""Know what a convolutional network does to your data and what it costs before you run it.

The front door: every name here is loaded when it is first used, so that importing is light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convwise.engine.accelerate import accelerate, restore
    from convwise.fitted import fit
    from convwise.network import Network, compare, explain, read, sequential, sizes, summary

__version__ = "0.1.0"
__all__ = [
    "Network",
    "accelerate",
    "compare",
    "explain",
    "fit",
    "read",
    "restore",
    "sequential",
    "sizes",
    "summary",
]


def __getattr__(name: str) -> Any:
    if name == "fit":
        from convwise import fitted

        return fitted.fit
    if name in ("accelerate", "restore"):
        from convwise.measured import must_have_torch

        must_have_torch()
        from convwise.engine import accelerate

        return getattr(accelerate, name)
    if name in __all__:
        from convwise import network

        return getattr(network, name)
    raise AttributeError(f"convwise has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
