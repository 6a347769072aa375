"""What a measurement belongs to: an operation, and everything around it that changes its cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from convwise.costs.machine import Machine


@dataclass(frozen=True, slots=True)
class Environment:
    """Where something was measured: the machine, versions of libraries, threads, other settings."""

    machine: Machine
    versions: tuple[tuple[str, str], ...]
    threads: int
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """For people: "torch 2.13.0, 2 threads, on AMD EPYC ..."."""
        libraries = [f"{name} {version}" for name, version in self.versions]
        other = [f"{name} {value}" for name, value in self.settings]
        threads = f"{self.threads} thread{'' if self.threads == 1 else 's'}"
        return ", ".join([*libraries, *other, threads, self.machine.name])

    @property
    def key(self) -> str:
        """The same for the same environment."""
        facts = [self.machine.hash, list(self.versions), self.threads, list(self.settings)]
        return json.dumps(facts, separators=(",", ":"))


class Place(NamedTuple):
    """What the key of an environment says: of its machine only the hash."""

    machine: str
    versions: tuple[tuple[str, str], ...]
    threads: int
    settings: tuple[tuple[str, str], ...]


def place_of(key: str) -> Place:
    """The facts of `Environment.key`."""
    machine, versions, threads, settings = json.loads(key)
    return Place(machine, _pairs(versions), threads, _pairs(settings))


def _pairs(found: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple([(name, value) for name, value in found])


@dataclass(frozen=True, slots=True)
class Key:
    """An operation, described by a text that is the same for the same operation, and where."""

    operation: str
    environment: Environment
