"""Parts of a program's JSON by name, each of the type that it must have; builds nothing."""

from __future__ import annotations

from typing import Any

from convwise.errors import ReadError

Record = dict[str, Any]


def broken(what: str) -> ReadError:
    """The error for a program whose JSON is not what PyTorch writes."""
    return ReadError(
        f"is no program of torch.export: {what}",
        hint="save it again: torch.export.save(torch.export.export(model, args), 'x.pt2')",
    )


def record(value: object, what: str) -> Record:
    if type(value) is not dict:
        raise broken(f"{what} is {_shown(value)} where a record is needed")
    return value


def listing(value: object, what: str) -> list[Any]:
    if type(value) is not list:
        raise broken(f"{what} is {_shown(value)} where a list is needed")
    return value


def word(value: object, what: str) -> str:
    if type(value) is not str:
        raise broken(f"{what} is {_shown(value)} where a name is needed")
    return value


def whole(value: object, what: str) -> int:
    if type(value) is not int:
        raise broken(f"{what} is {_shown(value)} where a whole number is needed")
    return value


def part(owner: Record, name: str, what: str) -> Any:
    """A part of a record that must be there."""
    if name not in owner:
        raise broken(f"{what} has no {name}")
    return owner[name]


def choice(value: object, what: str) -> tuple[str, Any]:
    """One of several: a record with one part, which says what it is."""
    found = record(value, what)
    given = [(key, one) for key, one in found.items() if key != "$type"]
    if len(given) != 1:
        raise broken(f"{what} has {len(given)} parts where one is needed")
    return given[0]


def _shown(value: object) -> str:
    if value is None or type(value) in (bool, int, float, str):
        return f"{value!r:.40}"
    return "a list" if type(value) is list else "a record"
