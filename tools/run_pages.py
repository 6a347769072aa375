"""Writes the pages of tools/pages into docs/, every command and every piece of code really run.

A block ```console run holds one command after `$`; its output is put behind it. A block ```python
run holds code whose printed output follows in a block of its own; all blocks of a page share their
names. `<!-- lines 3-8 -->` in front of a command keeps these lines of its output only.
"""

from __future__ import annotations

import io
import os
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from convwise.cli import run

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "tools" / "pages"
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"(?:<!-- lines (?P<first>\d+)-(?P<last>\d+) -->\n)?"
    r"```(?P<sort>console|python) run\n(?P<text>.*?)\n```",
    re.DOTALL,
)
HEAD = "<!-- Written by `make docs` from tools/pages. -->\n\n"


def pages() -> dict[Path, str]:
    """Every page to be written and its text."""
    return {
        DOCS / path.relative_to(SOURCES): HEAD + filled(path.read_text("utf-8"))
        for path in sorted(SOURCES.rglob("*.md"))
    }


def filled(text: str) -> str:
    """The page with the output behind each block."""
    names: dict[str, Any] = {"__name__": "page"}
    return _BLOCK.sub(lambda match: _ran(match, names), text)


def _ran(match: re.Match[str], names: dict[str, Any]) -> str:
    text = match["text"]
    if match["sort"] == "python":
        output = _printed(lambda: exec(compile(text, "<page>", "exec"), names))
        shown = f"\n\n```text\n{output}\n```" if output else ""
        return f"```python\n{text}\n```{shown}"
    command = shlex.split(text.removeprefix("$ "))
    if command[0] != "convwise":
        raise ValueError(f"only convwise is run: {text}")
    # PyTorch's own value would make the pages depend on what is installed.
    more = ["--no-framework"] if "--layer" in command else []
    lines = _printed(lambda: run([*command[1:], *more])).splitlines()
    if match["first"]:
        first, last = int(match["first"]), int(match["last"])
        lines = [*([] if first == 1 else ["..."]), *lines[first - 1 : last], "..."]
    return "```console\n{}\n{}\n```".format(text, "\n".join(lines))


def _printed(act: Any) -> str:
    output = io.StringIO()
    os.environ["COLUMNS"] = "88"
    with redirect_stdout(output):
        act()
    return output.getvalue().rstrip()


def write_all() -> None:
    """Write every page."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write_all()
