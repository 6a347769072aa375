"""tf.Graph: names and variables of their own; must never hold operations."""

from __future__ import annotations

from typing import final

from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At
from convwise.dialects.tensorflow1.scopes import Scopes
from convwise.dialects.tensorflow1.tape import Tape, Variable


@final
class GraphObject(Abstract):
    """A graph; what is made in `with graph.as_default()` has names of its own."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.scopes = Scopes()
        self.shared: dict[str, Variable] = {}
        self._before: list[tuple[Scopes, dict[str, Variable]]] = []

    def describe(self) -> str:
        return "a graph"

    def get(self, name: str, at: At) -> object:
        if name == "as_default":
            return Function(name, lambda args, kwargs, at: self)
        return Inert(f"graph.{name}")

    def enter(self, at: At) -> object:
        tape = self.tape
        tape.settle()
        self._before.append((tape.scopes, tape.shared))
        tape.scopes, tape.shared = self.scopes, self.shared
        return self

    def leave(self, at: At) -> None:
        self.tape.settle()
        if self._before:
            self.tape.scopes, self.tape.shared = self._before.pop()

    def changed_by(self, method: str) -> bool:
        return False
