"""Hyperparameters that must be positive or of one length; must name no kind."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.errors import RuleError


def must_be_positive(value: int, what: str) -> None:
    """RuleError unless the value is 1 or more."""
    if value < 1:
        raise RuleError(f"{what} must be 1 or more, found {value}")


def must_be_as_many(first: str, length: int, **others: Sequence[object]) -> None:
    """RuleError unless every other hyperparameter has one entry per axis, as the first has."""
    for name, values in others.items():
        if len(values) != length:
            raise RuleError(
                f"{first} has {length} entries, {name} has {len(values)}",
                hint="give one entry per axis to each",
            )
