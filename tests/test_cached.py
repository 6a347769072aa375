"""`convwise cache`: what is stored, of which environments, and cleared when asked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from convwise.cached import cache
from convwise.cli import run
from convwise.costs.machine import this_machine
from convwise.costs.store import Store
from tests.costs.records import ELSEWHERE, HERE, batch

SCHEMA = Path(__file__).parents[1] / "docs" / "schema" / "cache-1.json"
MINE = replace(HERE, machine=this_machine())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, with operations of this machine and of another."""
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    assert Store().put_many(ELSEWHERE["version"], batch("other", 1))
    assert Store().put_many(MINE, batch("mine", 1200))
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What the command prints; nothing on standard error."""
    assert run(["cache", *options]) == 0
    found = capsys.readouterr()
    assert found.err == ""
    return found.out


def checked(text: str) -> dict[str, object]:
    """The JSON, which keeps its schema."""
    found: dict[str, object] = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    return found


def test_it_shows_what_is_stored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys).splitlines()
    assert lines[0].startswith(f"1,201 operations measured, kept in {folder / 'costs.sqlite'} (")
    text = " ".join(" ".join(lines).split())
    assert f"1,200 operations: {MINE.name} this machine, measured " in text
    assert f"1 operation: {ELSEWHERE['version'].name} another machine, measured " in text
    assert lines[-1] == "convwise cache --clear removes them"
    assert max(len(line) for line in lines[1:]) <= 100


def test_json_keeps_its_schema(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = checked(printed(capsys, "--json"))
    assert found == cache(folder).to_dict()
    assert found["operations"] == 1201 and found["removed"] is None and found["notes"] == []
    assert found["size_bytes"] == (folder / "costs.sqlite").stat().st_size
    mine, other = found["environments"]  # type: ignore[misc]
    assert (mine["this_machine"], other["this_machine"]) == (True, False)
    assert (mine["versions"], other["versions"]) == ({"torch": "2.13.0"}, {"torch": "2.13.1"})
    assert mine["machine"] == this_machine().hash


def test_clearing_says_how_many(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--clear").startswith("1,201 operations removed from ")
    found = checked(printed(capsys, "--clear", "--json"))
    assert (found["operations"], found["removed"], found["environments"]) == (0, 0, [])
    assert printed(capsys).startswith("no measured operations in ")


def test_markdown_is_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "--markdown").splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 4 and {line.count("|") for line in rows} == {5}
    assert rows[2].startswith(f"| 1,200 | {MINE.name} | this machine | ")


def test_nothing_is_made_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path / "none"))
    assert re.fullmatch(r"no measured operations in .*costs\.sqlite\n", printed(capsys))
    assert checked(printed(capsys, "--clear", "--json"))["removed"] == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "costs.sqlite").write_bytes(b"no database" * 1000)
    assert "note: " in printed(capsys) and len(list(folder.glob("*.damaged-*"))) == 1
    (folder / "costs.sqlite").unlink(missing_ok=True)
    (folder / "costs.sqlite").mkdir()
    found = checked(printed(capsys, "--json"))
    assert len(found["notes"]) == 1  # type: ignore[arg-type]


def test_the_schema_has_an_example_and_refuses_what_is_not_in_it(folder: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    checked(json.dumps(schema["examples"][0]))
    assert not Draft202012Validator(schema).is_valid({**cache(folder).to_dict(), "extra": 1})
