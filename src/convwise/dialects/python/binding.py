"""Binds the arguments of a layer to its parameters, in the spelling of any version.

Must never know a single layer: what a layer takes is in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from convwise.dialects.python.checks import closest
from convwise.dialects.python.parameters import REQUIRED, Arguments, Check, Parameter, Rewrite
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError, UnknownNameError


class Signed(Protocol):
    """What binding needs of a table entry.

    `old`: other spellings of parameters; `common`: what every layer takes besides its own;
    `rewrite(name, args, kwargs)`: positional arguments of an older form in today's; `agree`:
    checks of parameters against each other.
    """

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...

    @property
    def old(self) -> Mapping[str, str] | None: ...

    @property
    def common(self) -> frozenset[str]: ...

    @property
    def rewrite(self) -> Rewrite | None: ...

    @property
    def agree(self) -> Callable[[Arguments], None] | None: ...


class Bound(NamedTuple):
    """A layer's own arguments, complete and checked, those every layer has, old names used."""

    arguments: Arguments
    common: Arguments
    old: tuple[str, ...]


class _Signature(NamedTuple):
    positional: tuple[str, ...]
    defaults: Arguments
    checks: dict[str, Check]
    required: tuple[str, ...]
    old: dict[str, str]


_SIGNATURES: dict[int, tuple[Signed, _Signature]] = {}


def _signature(entry: Signed) -> _Signature:
    found = _SIGNATURES.get(id(entry))
    if found is None:
        # The entry is kept with its signature, so that no other object can have its number.
        found = _SIGNATURES[id(entry)] = (entry, _compiled(entry))
    return found[1]


def _compiled(entry: Signed) -> _Signature:
    parameters = entry.parameters
    return _Signature(
        tuple([one.name for one in parameters]),
        {one.name: one.default for one in parameters},
        {one.name: one.check for one in parameters if one.check is not None},
        tuple([one.name for one in parameters if one.default is REQUIRED]),
        dict(entry.old or {}),
    )


def bind(entry: Signed, name: str, args: Sequence[Any], kwargs: Arguments) -> Bound:
    """The arguments of the call `name(*args, **kwargs)`; RuleError for what Keras refuses."""
    if entry.rewrite is not None:
        args, kwargs = entry.rewrite(name, args, kwargs)
    known = _signature(entry)
    given: Arguments = {}
    if len(args) > len(known.positional):
        _too_many(name, args, known)
    for parameter, value in zip(known.positional, args, strict=False):
        given[parameter] = value
    common: Arguments = {}
    old: tuple[str, ...] = ()
    for keyword, value in kwargs.items():
        parameter = keyword
        if parameter not in known.defaults:
            parameter = known.old.get(keyword, "")
            if parameter:
                old += (keyword,)
            elif keyword in entry.common:
                common[keyword] = value
                continue
            else:
                _unknown(name, keyword, known, entry.common)
        if parameter in given:
            raise RuleError(
                f"{name} got two values for {parameter}",
                hint=f"give {parameter} by position or by name, not both",
            )
        given[parameter] = value
    return Bound(_complete(entry, name, given, known), common, old)


def _complete(entry: Signed, name: str, given: Arguments, known: _Signature) -> Arguments:
    arguments = dict(known.defaults)
    checks = known.checks
    for parameter, value in given.items():
        check = checks.get(parameter)
        arguments[parameter] = value if check is None else _checked(check, value, parameter, name)
    for parameter in known.required:
        if arguments[parameter] is REQUIRED:
            raise RuleError(
                f"{name} needs {parameter}, which is missing",
                hint=f"write {name}({', '.join([f'{one}=...' for one in known.required])})",
            )
    if entry.agree is not None:
        entry.agree(arguments)
    return arguments


def _checked(check: Check, value: Any, parameter: str, name: str) -> Any:
    if type(value) is TensorShape:
        value = value.dims
    try:
        return check(value, parameter)
    except RuleError:
        unknown = first_unknown(value)
        if unknown is None:
            raise
        raise not_known(unknown, f"{name} needs it for {parameter}") from None


def first_unknown(value: object) -> Unknown | None:
    """The first value inside that cannot be known."""
    if type(value) is Unknown:
        return value
    if type(value) in (tuple, list):
        for one in value:  # type: ignore[attr-defined]
            found = first_unknown(one)
            if found is not None:
                return found
    return None


def not_known(unknown: Unknown, why: str) -> UnknownNameError:
    """The error of a value that the network needs and the file alone does not tell."""
    line = f" (line {unknown.line})" if unknown.line else ""
    return UnknownNameError(
        f"{unknown.what}{line} is not known here, and {why}", hint=setting_hint(unknown)
    )


def free_name(unknown: Unknown) -> str | None:
    """The name that is used and defined nowhere; None when something else is not known."""
    name = unknown.what.strip("`")
    return name if unknown.what == f"`{name}`" and name.isidentifier() else None


def setting_hint(unknown: Unknown) -> str:
    """How the user can tell the value: by the name of a variable, where that is known."""
    words = unknown.what.split("`")
    named = words[0] == "" and len(words) > 2 and words[1].replace(".", "_").isidentifier()
    if named and (words[2] == "" or words[2].startswith(" of the module")):
        return f"give its value: --set {words[1]}=..."
    return "give the value of the variable it goes into: --set NAME=..."


def _too_many(name: str, args: Sequence[Any], known: _Signature) -> None:
    takes = ", ".join(known.positional) or "no arguments of its own"
    raise RuleError(
        f"{name} takes {len(known.positional)} positional arguments, {len(args)} are given",
        hint=f"{name} takes {takes}",
    )


def _by_word(keyword: str, parameters: Sequence[str]) -> str | None:
    """The first parameter that has a similar word in its name: kernal, kernel_size."""
    for one in parameters:
        if closest(keyword, one.split("_"), 0.8):
            return one
    return None


def _unknown(name: str, keyword: str, known: _Signature, common: frozenset[str]) -> None:
    near = closest(keyword, [*known.positional, *known.old, *common])
    near = near or _by_word(keyword, known.positional)
    takes = ", ".join([one for one in known.positional if "_initializer" not in one][:8])
    hint = f"did you mean {near}?" if near else f"{name} takes {takes}"
    raise RuleError(f"{name} has no argument {keyword}", hint=hint)
