"""Sizes of a convolution and the refusal of what does not fit; touches no tensor's elements."""

from collections.abc import Sequence
from typing import NamedTuple, final

from convwise_kernels.activations import Activation
from convwise_kernels.errors import NotSupportedError
from convwise_kernels.library import Shape, triple
from convwise_kernels.padding import MODES


@final
class Geometry(NamedTuple):
    """Stride, padding and dilation, one number for each axis, the number of groups and
    what lies around the input."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    mode: str = "zeros"

    @classmethod
    def of(
        cls,
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        groups: int,
        mode: str = "zeros",
    ) -> "Geometry":
        """From what an operator was called with."""
        return cls(tuple(stride), tuple(padding), tuple(dilation), groups, mode)

    @property
    def arguments(self) -> tuple[list[int], list[int], list[int], int]:
        """As an operator takes them."""
        return [*self.stride], [*self.padding], [*self.dilation], self.groups

    @property
    def last(self) -> tuple[list[int], list[int], list[int], int, str]:
        """As the gradients take them last, without an activation."""
        return *self.arguments, self.mode

    def output_size(self, x: Sequence[int], w: Sequence[int]) -> list[int]:
        """The shape [batch, channels, axes...] of the output for input x and weight w."""
        axes = zip(x[2:], w[2:], self.stride, self.padding, self.dilation, strict=True)
        return [x[0], w[0], *((i + 2 * p - d * (k - 1) - 1) // s + 1 for i, k, s, p, d in axes)]

    def check(self, x: Sequence[int], w: Sequence[int]) -> None:
        """Raises NotSupportedError where shapes x [n, c, axes...] and w [o, c/groups, axes...]
        make no convolution that the kernels compute."""
        axes = len(w) - 2
        if axes not in (1, 2, 3) or len(x) != len(w):
            raise NotSupportedError(
                f"Input {[*x]} and weight {[*w]} are no batched 1-D, 2-D or 3-D convolution.",
                "Give the input a batch axis, [batch, channels, ...].",
            )
        if {len(self.stride), len(self.padding), len(self.dilation)} != {axes}:
            raise NotSupportedError(
                f"Stride, padding and dilation need {axes} numbers each, found {self}.",
                "Give one number for each axis.",
            )
        if min(*self.stride, *self.dilation, self.groups) < 1 or min(self.padding) < 0:
            raise NotSupportedError(
                f"Stride, dilation and groups must be at least 1 and padding at least 0: {self}.",
                "Pad or crop the input beforehand.",
            )
        if x[1] != w[1] * self.groups or w[0] % self.groups or 0 in w or x[1] == 0:
            raise NotSupportedError(
                f"Input {[*x]} and weight {[*w]} do not fit with {self.groups} groups.",
                "Give groups x weight.shape[1] channels, and outputs that groups divide.",
            )
        if min(self.output_size(x, w)[2:]) < 1 or min(x[2:]) < 1:
            raise NotSupportedError(
                f"The kernel {[*w[2:]]} does not fit into the padded input {[*x[2:]]}: {self}.",
                "Pad more, or use a smaller kernel.",
            )
        self._check_mode(x)

    def _check_mode(self, x: Sequence[int]) -> None:
        if self.mode not in MODES:
            raise NotSupportedError(
                f"The padding mode {self.mode!r} is not known here.",
                f"Use one of: {', '.join(MODES)}.",
            )
        room = {"reflect": 1, "circular": 0}.get(self.mode)
        if room is None:
            return
        if any(p + room > size for p, size in zip(self.padding, x[2:], strict=True)):
            raise NotSupportedError(
                f"Padding {[*self.padding]} by {self.mode!r} is more than {[*x[2:]]} give.",
                "Pad less, or use another padding mode.",
            )

    def shape(
        self, x: Sequence[int], w: Sequence[int], storage: int, activation: Activation
    ) -> Shape:
        """For the C interface: 1-D and 2-D as 3-D with first axes of size 1."""
        front = (1,) * (5 - len(x))
        output = self.output_size(x, w)
        return Shape(
            batch=x[0],
            groups=self.groups,
            inputs=x[1],
            outputs=w[0],
            input=triple((*front, *x[2:])),
            output=triple((*front, *output[2:])),
            kernel=triple((*front, *w[2:])),
            stride=triple((*front, *self.stride)),
            dilation=triple((*front, *self.dilation)),
            padding=triple((*(0 for _ in front), *self.padding)),
            mode=MODES.index(self.mode),
            storage=storage,
            activation=activation.code,
            slope=activation.slope,
        )
