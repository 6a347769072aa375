"""Saved networks that are broken or made to harm, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import in_keras_files, in_onnx, in_torch_files
from tests.hostile.case import Case
from tests.hostile.harness import Outcome, read, troubles, troubles_of_json

#: Memory that the libraries which open these files take by themselves is in it.
MOST_BYTES = 300 * 1000 * 1000

CASES = [*in_keras_files.cases(), *in_onnx.cases(), *in_torch_files.cases()]
SOME = CASES[::6]
REST = [case for case in CASES if case not in SOME]


def test_there_are_many_and_names_tell_them_apart() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 100


def summarised(case: Case, folder: Path) -> Outcome:
    outcome = read(case, folder)
    assert outcome.peak_bytes < MOST_BYTES
    return outcome


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
def test_some_files(case: Case, tmp_path: Path) -> None:
    assert troubles(case, summarised(case, tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", REST, ids=lambda case: case.name)
def test_the_other_files(case: Case, tmp_path: Path) -> None:
    assert troubles(case, summarised(case, tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.name)
def test_errors_as_json(case: Case, tmp_path: Path) -> None:
    assert troubles_of_json(case, read(case, tmp_path, "--json")) == []
