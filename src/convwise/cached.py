"""The cost store for the front door: an answer that prints itself; computes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convwise.analyses.stored import Stored, stored
from convwise.answers import Answer
from convwise.costs.machine import this_machine
from convwise.costs.store import Store


@dataclass(frozen=True, slots=True, repr=False)
class CacheAnswer(Answer):
    """The operations measured so far: as text, Markdown and a dictionary."""

    answer: Stored

    def text(self, width: int = 100) -> str:
        """What is stored, for a terminal of this width."""
        from convwise.reports.stored import stored_text

        return stored_text(self.answer, width)

    def to_markdown(self) -> str:
        """What is stored, as Markdown."""
        from convwise.reports.stored import stored_markdown

        return stored_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.cache/1."""
        from convwise.reports.stored import stored_to_dict

        return stored_to_dict(self.answer)


def cache(folder: Path | None = None, *, clear: bool = False) -> CacheAnswer:
    """What was measured on this machine and others and is kept in a folder; `clear` empties it.

    Without a folder: $CONVWISE_CACHE, else the user's cache folder. What cannot be read or removed
    is said in `notes`: no error is raised.
    """
    return CacheAnswer(stored(Store(folder), this_machine().hash, clear=clear))
