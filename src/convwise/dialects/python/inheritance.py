"""The order of a class's bases, and `super()`; makes no class and no object."""

from __future__ import annotations

from typing import final

from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.values import (
    At,
    FrameworkBase,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
)


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
    """Python's method resolution order (C3). Raises ProgramError when there is none."""
    chains = [list(_order_of(base)) for base in made.bases] + [list(made.bases)]
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
    return tuple(order)


def _order_of(base: object) -> tuple[object, ...]:
    return base.order if isinstance(base, UserClass) else (base,)


def _is_behind(candidate: object, chains: list[list[object]]) -> bool:
    return any(candidate is other for chain in chains for other in chain[1:])


def first_framework(order: tuple[object, ...]) -> FrameworkBase | None:
    """The first framework class among bases."""
    return next((base for base in order if isinstance(base, FrameworkBase)), None)
