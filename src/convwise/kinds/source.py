"""Where values begin: inputs, free weights, constants and what is not known; no arithmetic here."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from convwise.graph.axes import FREE_BATCH, ROLES, UNKNOWN_TENSOR, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import SOURCE, UNKNOWN, Example, Kept, Operands, Pointwise, Weightless
from convwise.kinds.formula import Formula, product

_SOURCE = frozenset({SOURCE})
_UNKNOWN = frozenset({UNKNOWN})


class _Given(Weightless, ABC):
    """Shared rules of values that are given from outside: no inputs, no weights, no arithmetic."""

    __slots__ = ()

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Input(_Given):
    """A network's input: the tensor that users pass in, its batch usually free."""

    name: ClassVar[str] = "input"
    summary: ClassVar[str] = "What is passed into the network."

    tensor: Tensor

    @property
    def traits(self) -> frozenset[str]:
        return _SOURCE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (self.tensor,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((FREE_BATCH, 32, 32, 3), ("batch", "height", "width", "channel"))
        words = tensor((2, 12), ("batch", "time"), "int32")
        return (Example(cls(image), ()), Example(cls(words), ()))


@dataclass(frozen=True, slots=True)
class Constant(_Given):
    """A tensor whose values are fixed and never learned."""

    name: ClassVar[str] = "constant"
    summary: ClassVar[str] = "A tensor of fixed values, without gradient."

    tensor: Tensor

    @property
    def traits(self) -> frozenset[str]:
        return _SOURCE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (self.tensor,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example(cls(tensor((1, 1, 3), ("height", "width", "channel"))), ()),
            Example(cls(tensor((), ())), ()),
        )


@dataclass(frozen=True, slots=True)
class Parameter(Pointwise):
    """A free weight as a value: a variable, a positional embedding, a learned scale.

    `axes` are (name, size) of the weight `role`; where the name is a role (height, channel, ...)
    the value's axis has it too. An axis without a name is named by its position.
    """

    name: ClassVar[str] = "parameter"
    summary: ClassVar[str] = "A weight of its own that flows into the network as a value."

    role: str
    axes: tuple[tuple[str | None, Dim], ...]
    trainable: bool = True
    dtype: str = "float32"

    @property
    def traits(self) -> frozenset[str]:
        return _SOURCE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        roles = [role if role in ROLES else None for role, _ in self.axes]
        return (tensor([dim for _, dim in self.axes], roles, self.dtype),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        named = [(role or f"axis{place}", dim) for place, (role, dim) in enumerate(self.axes)]
        return (WeightSpec(self.role, tuple(named), self.trainable),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {"parameters": product(*[dim for _, dim in self.axes])}

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example(cls("kernel", (("height", 5), ("width", 5), ("in", 1), ("out", 32))), ()),
            Example(cls("scale", (("channel", 8),), trainable=False), ()),
            Example(cls("position", ((None, 1), ("time", 16), (None, 8))), ()),
            Example(cls("temperature", ()), ()),
        )


@dataclass(frozen=True, slots=True)
class Unused(Pointwise):
    """A weight that the framework counts and no operation of the network uses.

    Its value has no elements: nothing flows out of it. `axes` are (name, size).
    """

    name: ClassVar[str] = "unused"
    summary: ClassVar[str] = "A weight that is counted though nothing uses it."

    role: str
    axes: tuple[tuple[str, Dim], ...]

    @property
    def traits(self) -> frozenset[str]:
        return _SOURCE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (tensor((0,), (None,)),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return (WeightSpec(self.role, self.axes),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {"parameters": product(*[dim for _, dim in self.axes])}

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example(cls("weight", (("out", 10), ("in", 64))), ()),
            Example(cls("bias", (("out", 10),)), ()),
        )


@dataclass(frozen=True, slots=True)
class Unknown(_Given):
    """An operation that is not in the catalog: `what` says which; nothing behind it is guessed.

    `results` are its outputs where the framework itself tells them: then only this operation's own
    arithmetic is not known, and what is behind it can be counted.
    """

    name: ClassVar[str] = "unknown"
    summary: ClassVar[str] = "An operation that is not known: reported, never guessed."

    what: str
    results: tuple[Tensor, ...] = ()

    @property
    def traits(self) -> frozenset[str]:
        return _UNKNOWN

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return self.results or (UNKNOWN_TENSOR,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        sound = tensor((1, 12, 3), ("batch", "time", "channel"))
        told = tensor((1, 12, 3), (None, None, None))
        return (
            Example(cls("a Lambda of my_function"), (sound,)),
            Example(cls("a kernel of its own", (told,)), (sound,)),
        )
