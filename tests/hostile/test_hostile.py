"""Hostile and broken sources, each in a process of its own: nothing executed, cheap, told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.case import Case
from tests.hostile.corpus import all_cases, some_cases
from tests.hostile.harness import (
    Outcome,
    costly,
    read,
    slowness,
    troubles,
    troubles_of_json,
)

SOME = {case.name for case in some_cases()}
REST = [case for case in all_cases() if case.name not in SOME]


def test_there_are_many_and_names_tell_them_apart() -> None:
    names = [case.name for case in all_cases()]
    assert len(names) == len(set(names))
    assert len(names) >= 150


@pytest.mark.parametrize("case", some_cases(), ids=lambda case: case.name)
def test_some_sources(case: Case, tmp_path: Path) -> None:
    assert troubles(case, read(case, tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", REST, ids=lambda case: case.name)
def test_the_other_sources(case: Case, tmp_path: Path) -> None:
    assert troubles(case, read(case, tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_errors_as_json(case: Case, tmp_path: Path) -> None:
    assert troubles_of_json(case, read(case, tmp_path, "--json")) == []


def test_too_much_time_is_found_on_any_machine() -> None:
    """A source that takes many times the limit breaks it however slow the machine is."""
    slow = Outcome(status=2, out="", err="", cpu_seconds=60.0, peak_bytes=0, new_files=())
    assert costly(slow) == ["60.00 CPU-seconds"]
    assert 1.0 <= slowness() < 50
