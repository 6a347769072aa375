"""Looks for what no file may hold: unfinished marks, code in comments, undocumented modules."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

# Hyphens are taken out, so that this file may be searched like any other.
UNFINISHED = (*"TO-DO FIX-ME X-XX HA-CK".replace("-", "").split(), "raise NotImplemented" + "Error")
ELSEWHERE = tuple("/wo-rk/ QUES-TIONS.md DES-IGN.md STY-LE.md".replace("-", "").split())
FORBIDDEN = re.compile("|".join(rf"\b{word}\b" for word in UNFINISHED) + "|" + "|".join(ELSEWHERE))

FOLDERS = ("src", "tests", "docs", "benchmarks", "tools", ".github", ".ci")
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ".json", ".svg", ".txt"}
NAMES = {"Makefile", "run", ".gitignore"}
_CODE = re.compile(
    r"^(import \w|from \w+ import|def \w+\(|class \w+[(:]|return\b.*[()\[\]=]|if .+:$|for .+:$"
    r"|(?:\w+\.)*\w+ [-+*/]?= \S+$|(?:\w+\.)+\w+\(.*\)$|print\(.*\)$|@\w+$|else:$|try:$)"
)


def texts(root: Path) -> list[Path]:
    """The project's text files, at its top and in its folders; nothing that `make` makes."""
    inside = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*"))]
    return [p for p in [*sorted(root.iterdir()), *inside] if p.suffix in TEXT or p.name in NAMES]


def forbidden_words(path: Path) -> Iterator[str]:
    """Each line with a word that says unfinished, or that points outside the project."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = FORBIDDEN.search(line)
        if match:
            yield f"{path}:{number}: {match.group()}"


def commented_code(path: Path) -> Iterator[str]:
    """Each comment that parses and looks like a statement."""
    text = path.read_text("utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and _is_code(token.string.lstrip("#! ")):
            yield f"{path}:{token.start[0]}: {token.string}"


def _is_code(comment: str) -> bool:
    if not _CODE.match(comment):
        return False
    body = f"{comment}\n    pass" if comment.endswith(":") else comment
    try:
        ast.parse(f"def f():\n    {body.replace(chr(10), chr(10) + '    ')}")
    except SyntaxError:
        return comment in ("else:", "try:")
    return True


def undocumented(path: Path) -> Iterator[str]:
    """The file itself when its module says nothing of its job."""
    if not ast.get_docstring(ast.parse(path.read_text("utf-8"))):
        yield f"{path}:1: no module docstring"
