"""Files and functions stay small; planted long ones show that this can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.sizes import MAX_FILE, files, longer, troubles

ROOT = Path(__file__).parents[2]


def test_source_is_small() -> None:
    found = troubles(ROOT / "src")
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "tools"])
def test_other_files_are_small(folder: str) -> None:
    found = longer(files(ROOT / folder), MAX_FILE)
    assert not found, "\n" + "\n".join(found)


def _function(name: str, lines: int) -> str:
    return f"def {name}():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\n" * 501, ["501 lines, at most 500", "median file: 501"]),
        ("a = 1\n" * 151, ["median file: 151"]),
        (_function("f", 61), ["f: 61 lines, at most 60", "nine functions in ten: 61"]),
        (_function("f", 31), ["nine functions in ten: 31"]),
        (_function("f", 30) + "a = 1\n" * 120, []),
    ],
)
def test_planted_length_is_found(tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "planted.py").write_text(text)
    found = troubles(tmp_path)
    assert len(found) == len(words)
    for trouble, word in zip(found, words, strict=True):
        assert word in trouble
