"""What functions return that give several tensors by name, such as `max(dim=1)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

from convwise.dialects.python.values import Abstract, At, Missing, Unknown


@final
class Returned(Abstract):
    """A tuple whose places have names: `values, indices = x.max(dim=1)`."""

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, object]) -> None:
        self.fields = fields

    def describe(self) -> str:
        return f"a tuple of {', '.join(self.fields)}"

    def get(self, name: str, at: At) -> object:
        if name not in self.fields:
            raise Missing(name)
        return self.fields[name]

    def item(self, index: object, at: At) -> object:
        found = list(self.fields.values())
        if type(index) is int and -len(found) <= index < len(found):
            return found[index]
        return tuple(found[index]) if type(index) is slice else Unknown("an item", at.line)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return iter(self.fields.values())

    def length(self, at: At) -> int | Unknown:
        return len(self.fields)

    def changed_by(self, method: str) -> bool:
        return False
