"""What a dialect tells the interpreter about the world outside the file; knows no framework."""

from __future__ import annotations

from abc import ABC, abstractmethod

from convwise.dialects.python.values import Abstract


class Host(ABC):
    """A dialect's side of a reading."""

    @abstractmethod
    def module(self, name: str) -> Abstract | None:
        """The module of this full name ("keras.layers"); None when it is not known."""

    @abstractmethod
    def name(self, name: str) -> object | None:
        """A name that a fragment uses without importing it ("Conv2D"); None when not known."""

    @abstractmethod
    def note(self, code: str, message: str, line: int | None) -> None:
        """Something worth telling about how the file was read."""
