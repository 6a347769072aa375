"""Compares values: equality, order and membership, Unknown where an Unknown decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from convwise.dialects.python.extent import offered
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.protocols import elements, truth
from convwise.dialects.python.values import (
    Abstract,
    At,
    BoundMethod,
    Instance,
    ProgramError,
    Unknown,
)

_SCALARS = frozenset((bool, int, float, complex, str, bytes, type(None), range, type(...)))
_NUMBERS = frozenset((bool, int, float))
Answer = bool | Unknown


def equal(run: Machine, left: object, right: object, at: At) -> Answer:
    """`left == right`."""
    kind, other = left.__class__, right.__class__
    if kind in _SCALARS and other in _SCALARS:
        if kind is str or kind is bytes:
            run.meter.step(len(cast(str, left)) >> 10)
        return left == right
    if kind is Unknown:
        return cast(Unknown, left)
    if other is Unknown:
        return cast(Unknown, right)
    if isinstance(left, Abstract):
        return _abstract_equal(run, left, right, False, at)
    if isinstance(right, Abstract):
        return _abstract_equal(run, right, left, True, at)
    if left is right:
        return True
    run.meter.step(2)
    if kind is Instance or other is Instance:
        return _instance_equal(run, left, right, at)
    if kind is other and (kind is list or kind is tuple):
        return _sequence_equal(run, cast("list[object]", left), cast("list[object]", right), at)
    if kind is other and kind is dict:
        return _dict_equal(run, cast("dict[object, object]", left), right, at)
    if kind in (set, frozenset) and other in (set, frozenset):
        run.meter.step(len(cast("set[object]", left)))
        return left == right
    if kind is BoundMethod and other is BoundMethod:
        return _method_equal(cast(BoundMethod, left), cast(BoundMethod, right))
    return False


def _abstract_equal(
    run: Machine, value: Abstract, other: object, reflected: bool, at: At
) -> Answer:
    if other is None:
        return value.is_none(at)
    if value is other:
        return True
    return truth(run, value.binary("==", offered(run.meter, other), reflected, at), at)


def _method_equal(left: BoundMethod, right: BoundMethod) -> bool:
    return left.function is right.function and left.receiver is right.receiver


def _instance_equal(run: Machine, left: object, right: object, at: At) -> Answer:
    first, second = (left, right) if isinstance(left, Instance) else (right, left)
    instance = cast(Instance, first)
    method = instance.method("__eq__")
    if method is not None:
        return truth(run, run.call(method, [second], {}, at), at)
    style = instance.type.style
    if style == "namedtuple":
        mine = tuple([instance.fields[name] for name in instance.type.record])
        other = elements(run, second, at) if isinstance(second, (Instance, tuple)) else None
        if isinstance(other, list):
            return _sequence_equal(run, mine, other, at)
    if style == "dataclass" and isinstance(second, Instance) and second.type is instance.type:
        return _dict_equal(run, cast("dict[object, object]", instance.fields), second.fields, at)
    return False


def _sequence_equal(
    run: Machine,
    left: list[object] | tuple[object, ...],
    right: list[object] | tuple[object, ...],
    at: At,
) -> Answer:
    if len(left) != len(right):
        return False
    doubt: Unknown | None = None
    for a, b in zip(left, right, strict=True):
        run.meter.step(3)
        same = equal(run, a, b, at)
        if isinstance(same, Unknown):
            doubt = same
        elif not same:
            return False
    return True if doubt is None else doubt


def _dict_equal(run: Machine, left: dict[object, object], other: object, at: At) -> Answer:
    right = cast("dict[object, object]", other)
    if len(left) != len(right):
        return False
    doubt: Unknown | None = None
    for key, value in left.items():
        run.meter.step(1)
        if key not in right:
            return False
        same = equal(run, value, right[key], at)
        if isinstance(same, Unknown):
            doubt = same
        elif not same:
            return False
    return True if doubt is None else doubt


def less(run: Machine, left: object, right: object, at: At) -> Answer:
    """`left < right`. Raises ProgramError where the two have no order."""
    kind, other = left.__class__, right.__class__
    if kind in _NUMBERS and other in _NUMBERS:
        return cast(float, left) < cast(float, right)
    if kind is other and kind in (str, bytes):
        run.meter.step(len(cast(str, left)) >> 10)
        return cast(str, left) < cast(str, right)
    if kind is Unknown:
        return cast(Unknown, left)
    if other is Unknown:
        return cast(Unknown, right)
    if isinstance(left, Abstract):
        return truth(run, left.binary("<", right, False, at), at)
    if isinstance(right, Abstract):
        return truth(run, right.binary("<", left, True, at), at)
    if kind is other and (kind is list or kind is tuple):
        return _sequence_less(run, cast("list[object]", left), cast("list[object]", right), at)
    if kind in (set, frozenset) and other in (set, frozenset):
        run.meter.step(len(cast("set[object]", left)))
        return cast("set[object]", left) < cast("set[object]", right)
    if isinstance(left, Instance):
        method = left.method("__lt__")
        if method is not None:
            return truth(run, run.call(method, [right], {}, at), at)
    what = f"{describe(left)} and {describe(right)} have no order"
    raise ProgramError("TypeError", what, at.line)


def _sequence_less(run: Machine, left: list[object], right: list[object], at: At) -> Answer:
    for a, b in zip(left, right):  # noqa: B905 (the shorter one is less, see the last line)
        run.meter.step(4)
        same = equal(run, a, b, at)
        if isinstance(same, Unknown):
            return same
        if not same:
            return less(run, a, b, at)
    return len(left) < len(right)


def contains(run: Machine, container: object, item: object, at: At) -> Answer:
    """`item in container`."""
    kind = container.__class__
    if kind is Unknown:
        return cast(Unknown, container)
    if isinstance(container, Abstract):
        return truth(run, container.binary("in", item, True, at), at)
    if item.__class__ is Unknown and not (kind in (dict, set, list, tuple) and not container):
        return item
    if kind in (str, bytes):
        if not (isinstance(item, kind) or (kind is bytes and type(item) is int)):
            raise ProgramError("TypeError", f"{describe(item)} is not text", at.line)
        run.meter.step(len(cast(str, container)) >> 6)
        return cast(str, item) in cast(str, container)
    if kind is range:
        return _range_contains(cast(range, container), item)
    if kind in (dict, set, frozenset):
        return _hashed_contains(run, cast("dict[object, object]", container), item, at)
    if isinstance(container, Instance):
        method = container.method("__contains__")
        if method is not None:
            return truth(run, run.call(method, [item], {}, at), at)
    found = elements(run, container, at)
    return found if isinstance(found, Unknown) else any_equal(run, found, item, at)


def _range_contains(container: range, item: object) -> bool:
    """Python goes through a range for anything but an integer; this does not."""
    if isinstance(item, float) and item.is_integer():
        item = int(item)
    return isinstance(item, int) and item in container


def _hashed_contains(run: Machine, container: Collection[object], item: object, at: At) -> Answer:
    check_key(run, item, at)
    if item in container:
        return True
    run.meter.step(len(container) >> 5)
    for key in container:
        if key.__class__ is Unknown:
            return key
    return False


def any_equal(run: Machine, items: list[object], item: object, at: At) -> Answer:
    """Whether an element equals the item."""
    doubt: Unknown | None = None
    for element in items:
        run.meter.step(1)
        if element is item:
            return True
        same = equal(run, element, item, at)
        if same is True:
            return True
        if isinstance(same, Unknown):
            doubt = same
    return False if doubt is None else doubt


def check_key(run: Machine, key: object, at: At) -> None:
    """Pay for hashing a key. Raises ProgramError when it cannot be a key."""
    kind = key.__class__
    if kind is int:
        return
    if kind is str:
        run.meter.steps_left -= len(cast(str, key)) >> 10
        return
    if kind is tuple or kind is frozenset:
        for part in cast("tuple[object, ...]", key):
            run.meter.step(1)
            check_key(run, part, at)
    elif kind in (list, dict, set, slice):
        raise ProgramError("TypeError", f"a {kind.__name__} cannot be a key", at.line)
