"""No unfinished marks, no code in comments, no undocumented module; planted ones are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.texts import (
    ELSEWHERE,
    UNFINISHED,
    commented_code,
    forbidden_words,
    texts,
    undocumented,
)

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src").rglob("*.py"))


def test_no_file_is_unfinished_or_points_outside() -> None:
    paths = texts(ROOT)
    assert ROOT / "pyproject.toml" in paths
    found = [trouble for path in paths for trouble in forbidden_words(path)]
    assert not found, "\n" + "\n".join(found)


def test_no_comment_is_code() -> None:
    ours = [path for path in texts(ROOT) if path.suffix == ".py"]
    found = [trouble for path in ours for trouble in commented_code(path)]
    assert not found, "\n" + "\n".join(found)


def test_every_module_says_its_job() -> None:
    assert SOURCE
    found = [trouble for path in SOURCE for trouble in undocumented(path)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("word", [*UNFINISHED, *ELSEWHERE])
def test_planted_word_is_found(tmp_path: Path, word: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"a = 1\n# {word}: later\n")
    assert list(forbidden_words(path)) == [f"{path}:2: {word}"]


@pytest.mark.parametrize(
    ("comment", "is_code"),
    [
        ("# total = 0", True),
        ("#   layer.call(x)", True),
        ("# print(total)", True),
        ("# import numpy", True),
        ("# for row in rows:", True),
        ("# the rows, widest first", False),
        ("# max(x, c)", False),
        ("# from the paper: eq. 3", False),
        ("# return the smaller one of both", False),
        ("# if it is open, it stays open:", False),
    ],
)
def test_planted_comment_is_judged(tmp_path: Path, comment: str, is_code: bool) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"a = 1\n{comment}\n")
    assert list(commented_code(path)) == ([f"{path}:2: {comment}"] if is_code else [])


def test_planted_bare_module_is_found(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text("a = 1\n")
    assert list(undocumented(path)) == [f"{path}:1: no module docstring"]
