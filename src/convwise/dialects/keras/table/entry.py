"""What a Keras layer is, as data: names, parameters, old spellings, the kinds it stands for.

Must never hold the facts of one layer, and never read code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from convwise.graph.axes import Tensor
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind

Arguments = dict[str, Any]
Check = Callable[[Any, str], Any]
Inputs = tuple[Tensor, ...]


class _Required:
    """Marks a parameter without default."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


class Parameter(NamedTuple):
    """A constructor parameter: `check` returns the value in one form, or raises RuleError.

    A parameter without `check` cannot change a shape or a count, and is not looked at.
    """

    name: str
    default: Any = None
    check: Check | None = None


class Part(NamedTuple):
    """One operation of a layer, the roles it gives its inputs, its name in the layer."""

    kind: Kind
    views: tuple[Roles | None, ...] = ()
    part: str = ""


Parts = Callable[[Arguments, Inputs], tuple[Part, ...]]
Rewrite = Callable[[str, Sequence[Any], Arguments], tuple[Sequence[Any], Arguments]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer of Keras.

    parameters: in positional order. old: spellings of Keras 1 and 2 for the same parameters.
    parts(arguments, inputs): the operations, each fed by the one before it.
    rewrite(name, args, kwargs): positional arguments of Keras 1 in today's form.
    agree(arguments): checks of parameters against each other. many: takes a list of tensors.
    activated: has an `activation` argument that comes after its parts.
    needs_input: whether the parts depend on the inputs' axes.
    """

    name: str
    parameters: tuple[Parameter, ...]
    parts: Parts
    aliases: tuple[str, ...] = ()
    old: Mapping[str, str] | None = None
    rewrite: Rewrite | None = None
    agree: Callable[[Arguments], None] | None = None
    many: bool = False
    activated: bool = False
    needs_input: bool = False


def free(*names: str) -> tuple[Parameter, ...]:
    """Parameters that change no shape and no count: initializers, regularizers, seeds."""
    return tuple([Parameter(name) for name in names])


#: What every layer takes besides its own parameters.
COMMON: Final = frozenset(
    (
        "name",
        "trainable",
        "dtype",
        "autocast",
        "input_shape",
        "batch_input_shape",
        "batch_size",
        "input_dim",
        "input_length",
        "input_dtype",
        "weights",
        "activity_regularizer",
        "dynamic",
    )
)
