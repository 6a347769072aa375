"""What a layer of a framework takes and stands for, as data; must never hold a layer's facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from convwise.graph.axes import Tensor
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind

Arguments = dict[str, Any]
Check = Callable[[Any, str], Any]
Inputs = tuple[Tensor, ...]
Rewrite = Callable[[str, Sequence[Any], Arguments], tuple[Sequence[Any], Arguments]]


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


def free(*names: str) -> tuple[Parameter, ...]:
    """Parameters that change no shape and no count: initializers, regularizers, seeds."""
    return tuple([Parameter(name) for name in names])
