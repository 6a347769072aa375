"""What may follow a convolution's sums: names, codes and derivatives; computes no convolution."""

from typing import NamedTuple, final

import torch
from torch import Tensor
from torch.nn import functional

from convwise_kernels.errors import NotSupportedError

# Those whose derivative their output tells; the others need what they were applied to.
FROM_OUTPUT = ("relu", "leaky_relu", "tanh")
FROM_INPUT = ("silu", "gelu", "gelu_tanh")
NAMES = ("none", *FROM_OUTPUT, *FROM_INPUT)


@final
class Activation(NamedTuple):
    """One activation by name; `slope` is LeakyReLU's for negative values."""

    name: str = "none"
    slope: float = 0.0

    @property
    def code(self) -> int:
        """The C interface's number."""
        return NAMES.index(self.name)

    def check(self) -> None:
        """Raises NotSupportedError for an unknown name, or a slope that the output cannot tell."""
        if self.name not in NAMES:
            raise NotSupportedError(
                f"The activation {self.name!r} is not known here.",
                f"Use one of: {', '.join(NAMES)}.",
            )
        if not self.slope >= 0:
            raise NotSupportedError(
                f"LeakyReLU's slope must be at least 0, found {self.slope}.",
                "Apply torch.nn.functional.leaky_relu to the output instead.",
            )

    def of(self, before: Tensor) -> Tensor:
        """The activation by PyTorch's own operations."""
        if self.name == "relu":
            return functional.relu(before)
        if self.name == "leaky_relu":
            return functional.leaky_relu(before, self.slope)
        if self.name == "tanh":
            return torch.tanh(before)
        if self.name == "silu":
            return functional.silu(before)
        if self.name == "none":
            return before
        return functional.gelu(before, approximate="tanh" if self.name == "gelu_tanh" else "none")

    def derived(self, g: Tensor, kept: Tensor | None) -> Tensor:
        """g times the derivative, by operations that can be differentiated again.

        kept: the activation's output, or its input for those of FROM_INPUT; None: no activation.
        """
        if kept is None or self.name == "none":
            return g
        if self.name == "relu":
            return g.masked_fill(kept <= 0, 0)
        if self.name == "leaky_relu":
            return torch.where(kept <= 0, g * self.slope, g)
        if self.name == "tanh":
            return g * (1 - kept * kept)
        if self.name == "silu":
            if not torch.is_grad_enabled():
                return torch.ops.aten.silu_backward(g, kept)
            s = torch.sigmoid(kept)  # PyTorch cannot differentiate silu_backward
            return g * (s * (1 + kept * (1 - s)))
        approximate = "tanh" if self.name == "gelu_tanh" else "none"
        return torch.ops.aten.gelu_backward(g, kept, approximate=approximate)
