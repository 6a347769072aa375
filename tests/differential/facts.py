"""The facts that both sides of the comparison state; must never import Keras or convwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Shape without batch (None where a size is free), counts, and the shapes of the weights."""

    shape: tuple[int | None, ...]
    parameters: int
    trainable_parameters: int
    weights: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The configuration is refused."""

    message: str
