"""What a plan of a convolution is, and the facts it decides by; computes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution as PyTorch states it, one number per axis of space.

    `padding`: zeros, or what the mode repeats, on both sides. `mode`: "zeros", "reflect",
    "replicate" or "circular".
    """

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    mode: str = "zeros"

    @property
    def axes(self) -> int:
        """Of space, time included: 1, 2 or 3."""
        return len(self.stride)

    @property
    def key(self) -> str:
        """The same for the same convolution."""
        each = zip(self.stride, self.padding, self.dilation, strict=True)
        return f"{' '.join(['/'.join(map(str, one)) for one in each])} g{self.groups} {self.mode}"


class Plan(ABC):
    """One exact way to compute a convolution, forward and, by autograd, its gradients."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As it is shown and stored."""

    @abstractmethod
    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """Why it cannot be used here, in words; empty when it can."""

    @abstractmethod
    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """The convolution. x: [batch, channels, axes...]; weight: [outputs, channels, axes...]."""


def is_plain(value: Any) -> bool:
    """Whether a tensor has numbers of its own: no fake tensor, no transform around it."""
    from torch.nn import Parameter

    return type(value) in (Tensor, Parameter)
