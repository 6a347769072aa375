"""Takes apart what only wraps other operations, and leaves out what gives no tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from convwise.dialects.torch.program.group import names_in, refs_in
from convwise.dialects.torch.program.neutral import Body, Call, Ref

_WRAPPERS: Final = frozenset(("wrap_with_set_grad_enabled", "wrap_with_autocast", "wrap"))
#: Wrappers inside of wrappers.
_MOST_NESTED: Final = 20


def inlined(body: Body, names: dict[str, str], depth: int = 0) -> Body:
    """Operations without sizes and checks; what only wraps others is taken apart."""
    calls: list[Call] = []
    for call in body.calls:
        inner = [one for one in call.arguments.values() if type(one) is Body]
        if call.name in _WRAPPERS and len(inner) == 1 and depth < _MOST_NESTED:
            calls.extend(_unwrapped(call, inner[0], names, depth))
        elif names_in(call.outputs):
            calls.append(_renamed(call, names))
    outputs = tuple([names.get(one, one) for one in body.outputs])
    return Body(body.inputs, tuple(calls), outputs)


def _unwrapped(call: Call, inner: Body, names: dict[str, str], depth: int) -> Sequence[Call]:
    """The operations of a wrapper, under the names of the outer program."""
    given = refs_in(call.arguments.values())
    own = {name: names.get(one, one) for name, one in zip(inner.inputs, given, strict=False)}
    scope = {**names, **own}
    found = inlined(inner, scope, depth + 1)
    for outer, one in zip(names_in(call.outputs), found.outputs, strict=False):
        names[outer] = one
    return found.calls


def _renamed(call: Call, names: dict[str, str]) -> Call:
    if not names:
        return call
    arguments = {key: _renamed_value(one, names) for key, one in call.arguments.items()}
    return Call(
        call.namespace,
        call.name,
        call.overload,
        arguments,
        call.outputs,
        call.modules,
        call.place,
        call.origin,
    )


def _renamed_value(value: Any, names: dict[str, str]) -> Any:
    if type(value) is Ref:
        return Ref(names.get(value.name, value.name))
    if type(value) is list:
        return [_renamed_value(one, names) for one in value]
    return value
