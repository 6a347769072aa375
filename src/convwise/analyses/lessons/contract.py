"""What a lesson gets and gives; must never name a single kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from convwise.analyses.summary import Row
from convwise.analyses.weight_orders import Orders
from convwise.graph.axes import BATCH, SPATIAL, Axis, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to know: `topic` is a word (size, maps, weights, ...), `text` says it."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Myth:
    """What people wrongly believe of such a layer, and the number of this layer that refutes it.

    `about` names the belief: of several layers that refute it, one is enough.
    """

    about: str
    claim: str
    refuted: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to write instead: new values of hyperparameters, by the kind's names.

    why: what it gives and saves, in numbers. fields: (name, new value). layers: those that are
    changed together. code: (line number, the line as it would be), where the source can say it.
    """

    why: str
    fields: tuple[tuple[str, Any], ...]
    layers: tuple[str, ...]
    code: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is said of a layer: points in order, myths it invites, changes worth a thought."""

    points: tuple[Point, ...] = ()
    myths: tuple[Myth, ...] = ()
    changes: tuple[Change, ...] = ()


class Seen(NamedTuple):
    """One layer as a lesson sees it: its first operation at plain sizes, and what is around it.

    behind: the layer with the last contraction on the way to its first input, if there is one.
    then: the names of the operations that follow in the same layer (a fused activation).
    last: nothing follows but views and activations.
    """

    kind: Any
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    row: Row
    dialect: str
    orders: Orders
    behind: Seen | None = None
    then: tuple[str, ...] = ()
    last: bool = False

    @property
    def source(self) -> Tensor:
        """What comes in."""
        return self.operands[0]

    @property
    def made(self) -> Tensor:
        """What the first operation makes."""
        return self.outputs[0]


Teach = Callable[[Any, Seen], Lesson]


def spatial(tensor: Tensor) -> list[Axis]:
    """The axes with positions, in order."""
    return [axis for axis in tensor.axes if axis.role in SPATIAL]


def by(sizes: Any) -> str:
    """3 x 3 x 3."""
    return " x ".join([str(size) for size in sizes])


def extent(tensor: Tensor) -> str:
    """The sizes of the spatial axes: 298 x 298; "one value" when there are none."""
    return by([axis.dim for axis in spatial(tensor)]) or "one value"


def roles(tensor: Tensor) -> str:
    """The names of its spatial axes in words: height and width."""
    return listed([str(axis.role) for axis in spatial(tensor)])


def listed(words: list[str]) -> str:
    """a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def counted(number: Any, singular: str, plural: str | None = None) -> str:
    """1 map, 32 maps."""
    text = f"{number:,}" if type(number) is int else str(number)
    return f"{text} {singular if number == 1 else plural or singular + 's'}"


def without_batch(tensor: Tensor) -> list[Dim]:
    return [axis.dim for axis in tensor.axes if axis.role != BATCH]


def in_all_orders(kind_name: str, spec: WeightSpec, orders: Orders) -> str:
    """A weight's shape as each framework writes it: "[5, 5, 32, 64] = (height, ...) in Keras"."""
    said: dict[str, list[str]] = {}
    for who, order in orders.items():
        axes = order(kind_name, spec.role, spec.axes)
        shape = ", ".join([str(dim) for _, dim in axes])
        names = ", ".join([name for name, _ in axes])
        said.setdefault(f"[{shape}] ({names})", []).append(who)
    return "; ".join([f"{text} in {listed(who)}" for text, who in said.items()])
