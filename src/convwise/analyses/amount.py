"""Amounts that may be known only from below: an unknown part is never counted as zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from convwise.graph.dims import Dim, to_json


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A total with an unknown part: what is known of it."""

    known: Dim

    def __str__(self) -> str:
        return f"at least {self.known}"


Amount = Dim | AtLeast


def total(parts: Iterable[Amount]) -> Amount:
    """The exact sum, or `AtLeast` when one of the parts is."""
    known: Dim = 0
    exact = True
    for part in parts:
        if isinstance(part, AtLeast):
            exact = False
            part = part.known
        known = known + part
    return known if exact else AtLeast(known)


def amount_to_json(amount: Amount) -> object:
    """An integer, {"expr": text} or {"at_least": n}."""
    if isinstance(amount, AtLeast):
        return {"at_least": to_json(amount.known)}
    return to_json(amount)
