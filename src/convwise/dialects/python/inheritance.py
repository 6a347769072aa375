"""The order of a class's bases, and `super()`; makes no class and no object."""

from __future__ import annotations

from typing import final

from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.values import (
    At,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
)
from convwise.errors import LimitError

_MOST_BASES = 200


@final
class Super:
    """What `super()` gives: the bases that come after a class, seen by one object."""

    __slots__ = ("order", "receiver")

    def __init__(self, order: tuple[object, ...], receiver: object) -> None:
        self.order = order
        self.receiver = receiver

    def describe(self) -> str:
        return "`super()`"


def super_of(run: Machine, args: list[object], frame: Frame, at: At) -> object:
    """`super()` or `super(Class, self)`."""
    if len(args) == 2:
        owner, receiver = args
    else:
        owner, receiver = _surroundings(frame)
    for value in (owner, receiver):
        if isinstance(value, Unknown):
            return value
    made = receiver.type if isinstance(receiver, Instance) else receiver
    if not isinstance(owner, UserClass) or not isinstance(made, UserClass):
        raise ProgramError("RuntimeError", "super() outside of a method", at.line)
    if owner not in made.order:
        return Unknown("`super()`", at.line)
    return Super(made.order[made.order.index(owner) + 1 :], receiver)


def _surroundings(frame: Frame) -> tuple[object, object]:
    """The class whose method is running, and the method's first argument."""
    scope: Frame | None = frame
    while scope is not None:
        function = scope.function
        if function is not None and function.owner is not None:
            return function.owner, scope.vars.get(function.parameters[0])
        scope = scope.parent
    return None, None


def linearised(made: UserClass, at: At) -> tuple[object, ...]:
    """Python's method resolution order (C3), a base that is not known last.

    Raises ProgramError when there is none, LimitError when the class has too many bases.
    """
    known = [base for base in made.bases if not isinstance(base, Unknown)]
    chains = [[one for one in _order_of(base) if not isinstance(one, Unknown)] for base in known]
    chains.append(known)
    if sum(map(len, chains)) > _MOST_BASES:
        raise LimitError(
            f"`{made.name}` derives from too many classes",
            line=at.line,
            hint="keep only the part that defines the network",
        )
    order: list[object] = [made]
    while chains := [chain for chain in chains if chain]:
        head = next((c[0] for c in chains if not _is_behind(c[0], chains)), None)
        if head is None:
            message = f"the bases of `{made.name}` have no consistent order"
            raise ProgramError("TypeError", message, at.line)
        order.append(head)
        for chain in chains:
            if chain[0] is head:
                del chain[0]
    unknown = [one for base in made.bases for one in _order_of(base) if isinstance(one, Unknown)]
    return (*order, *unknown[:1])


def _order_of(base: object) -> tuple[object, ...]:
    return base.order if isinstance(base, UserClass) else (base,)


def _is_behind(candidate: object, chains: list[list[object]]) -> bool:
    return any(candidate is other for chain in chains for other in chain[1:])
