"""What the cost store holds, and of which environments; measures nothing."""

from __future__ import annotations

from dataclasses import dataclass

from convwise.costs.key import Place
from convwise.costs.store import Store


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """Operations measured in one environment. The times are seconds since 1970.

    `here`: on the machine that asks; a record is used only where the whole environment is the
    same: libraries, threads and settings, too.
    """

    name: str
    place: Place
    here: bool
    operations: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Stored:
    """The store: where it is, its size, what is in it; `removed` is None where none was asked."""

    path: str
    size_bytes: int
    groups: tuple[StoredGroup, ...]
    removed: int | None
    troubles: tuple[str, ...]

    @property
    def operations(self) -> int:
        """In all environments."""
        return sum(group.operations for group in self.groups)


def stored(store: Store, machine: str, *, clear: bool = False) -> Stored:
    """What is in the store, cleared first if that is asked; `machine` is the hash of this one."""
    removed = store.clear() if clear else None
    groups = tuple(
        [
            StoredGroup(
                one.name, one.place, one.place.machine == machine, one.records, one.first, one.last
            )
            for one in store.groups()
        ]
    )
    return Stored(str(store.path), store.size_bytes, groups, removed, tuple(store.troubles))
