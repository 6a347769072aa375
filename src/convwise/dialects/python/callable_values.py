"""What a class or function of the file must be given before it can be called."""

from __future__ import annotations

from collections.abc import Mapping

from convwise.dialects.python.values import Missing, UserClass, UserFunction


def called_function(value: UserFunction | UserClass) -> UserFunction | None:
    """The function that a call reaches first: of a class its `__init__`, None without one."""
    if isinstance(value, UserFunction):
        return value
    try:
        found = value.find("__init__")
    except Missing:
        return None
    return found if isinstance(found, UserFunction) else None


def parameters_of(value: UserFunction | UserClass) -> tuple[str, ...]:
    """The parameters of a call, without `self`."""
    function = called_function(value)
    if function is None:
        return ()
    return function.parameters[1:] if isinstance(value, UserClass) else function.parameters


def missing_in(value: UserFunction | UserClass, settings: Mapping[str, object]) -> list[str]:
    """Parameters without default that no setting gives."""
    function = called_function(value)
    if function is None:
        return []
    names = parameters_of(value)
    return [name for name in names if name not in function.defaults and name not in settings]


def settings_for(
    value: UserFunction | UserClass, settings: Mapping[str, object]
) -> dict[str, object]:
    """The settings that a call takes."""
    return {name: settings[name] for name in parameters_of(value) if name in settings}
