"""Puts generated text between the marks of a page and takes it out again; makes no text itself."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
COMPARED = ROOT / "docs" / "how-it-compares.md"


def shown(page: Path, mark: str) -> str:
    """What stands between `<!-- mark:begin -->` and `<!-- mark:end -->`."""
    begin, end = _marks(mark)
    text = page.read_text("utf-8")
    return text.partition(begin)[2].partition(end)[0].strip()


def put(page: Path, mark: str, text: str) -> None:
    """Replace what stands between the marks; ValueError when the page has none."""
    begin, end = _marks(mark)
    whole = page.read_text("utf-8")
    if begin not in whole or end not in whole:
        raise ValueError(f"{page} has no marks {begin} ... {end}")
    head, _, rest = whole.partition(begin)
    tail = rest.partition(end)[2]
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")


def _marks(mark: str) -> tuple[str, str]:
    return f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
