"""Random one-dimensional chains, and which inputs each output sees by plain enumeration."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from convwise.graph.axes import tensor
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import Padding
from convwise.network import Network, sequential


@dataclass(frozen=True)
class Link:
    """One convolution, transposed or not, along the time axis."""

    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    transposed: bool

    def kind(self) -> Kind:
        if self.transposed:
            return TransposedConvolution(
                (self.kernel,),
                1,
                (self.stride,),
                (self.dilation,),
                ((self.before, self.after),),
            )
        padding = Padding("explicit", ((self.before, self.after),))
        return Convolution((self.kernel,), 1, (self.stride,), (self.dilation,), padding)

    def size(self, size: int) -> int:
        extent = (self.kernel - 1) * self.dilation + 1
        if self.transposed:
            return (size - 1) * self.stride + extent - self.before - self.after
        return (size + self.before + self.after - extent) // self.stride + 1

    def seen(self, out: int, *, clip: int | None) -> set[int]:
        """Inputs that output `out` sees; with `clip`, only the ones that exist."""
        taps = [tap * self.dilation for tap in range(self.kernel)]
        if self.transposed:
            places = [out + self.before - tap for tap in taps]
            found = {place // self.stride for place in places if place % self.stride == 0}
        else:
            found = {out * self.stride - self.before + tap for tap in taps}
        return {i for i in found if clip is None or 0 <= i < clip}


links = st.builds(
    Link,
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    before=st.integers(0, 2),
    after=st.integers(0, 2),
    transposed=st.booleans(),
)


def sizes(chain: list[Link], size: int) -> list[int]:
    """The size before each link and after the last."""
    found = [size]
    for link in chain:
        found.append(link.size(found[-1]))
    return found


def network(chain: list[Link], size: int) -> Network:
    start = Input(tensor((1, size, 1), ("batch", "time", "channel")))
    return sequential(start, *[link.kind() for link in chain])


def seen(chain: list[Link], out: int, lengths: list[int] | None) -> set[int]:
    """Network inputs that one output of the last link sees."""
    found = {out}
    for index in range(len(chain) - 1, -1, -1):
        clip = lengths[index] if lengths else None
        found = {i for place in found for i in chain[index].seen(place, clip=clip)}
    return found


def legal(chain: list[Link], lengths: list[int]) -> bool:
    """Every kernel fits its padded input."""
    extents = [(link.kernel - 1) * link.dilation + 1 for link in chain]
    return all(
        link.transposed or length + link.before + link.after >= extent
        for link, length, extent in zip(chain, lengths, extents, strict=False)
    )
