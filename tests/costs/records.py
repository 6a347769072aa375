"""Records and environments that the tests of the cost store share; asserts nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from convwise.costs.key import Environment
from convwise.costs.machine import Machine
from convwise.costs.store import Record, Store

MACHINE = Machine("A processor", ("avx2",), 4, 8 * 2**30, "Linux x86_64", "glibc 2.36")
HERE = Environment(MACHINE, (("torch", "2.13.0"),), 2)
#: Each differs from HERE in one thing.
ELSEWHERE = {
    "processor": replace(HERE, machine=replace(MACHINE, processor="Another")),
    "cores": replace(HERE, machine=replace(MACHINE, cores=2)),
    "sets": replace(HERE, machine=replace(MACHINE, instruction_sets=("avx2", "avx512f"))),
    "library": replace(HERE, machine=replace(MACHINE, c_library="musl 1.2")),
    "version": replace(HERE, versions=(("torch", "2.13.1"),)),
    "threads": replace(HERE, threads=1),
    "settings": replace(HERE, settings=(("allocator", "jemalloc"),)),
}


def record(number: int) -> Record:
    """The record of operation number so and so: every field follows from it."""
    return Record(number / 7, number / 70, number, number * 2**20, number * 2**10)


def batch(name: str, count: int) -> dict[str, Record]:
    """Records that are stored together."""
    return {f"{name}/{number}": record(number) for number in range(count)}


def stored(store: Store, names: list[str], count: int) -> dict[str, int]:
    """How many records there are of each batch; wrong ones do not count."""
    wanted = {name: batch(name, count) for name in names}
    every = [operation for part in wanted.values() for operation in part]
    found = store.get_many(HERE, every)
    return {
        name: sum(same(found.get(operation), one) for operation, one in part.items())
        for name, part in wanted.items()
    }


def same(found: Record | None, wanted: Record) -> bool:
    """Equal up to the time at which it was stored."""
    return found is not None and replace(found, measured_at=0.0) == wanted


def filled(folder: Path, count: int = 500) -> Store:
    """A store with records, larger than a few pages."""
    store = Store(folder)
    assert store.put_many(HERE, batch("old", count))
    return store
