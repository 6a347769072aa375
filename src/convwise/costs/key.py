"""What a measurement belongs to: an operation, and everything around it that changes its cost."""

from __future__ import annotations

import json
from dataclasses import dataclass

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
        return f"{', '.join([*libraries, *other, f'{self.threads} threads'])}, {self.machine.name}"

    @property
    def key(self) -> str:
        """The same for the same environment."""
        facts = [self.machine.hash, list(self.versions), self.threads, list(self.settings)]
        return json.dumps(facts, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Key:
    """An operation, described by a text that is the same for the same operation, and where."""

    operation: str
    environment: Environment
