"""MATLAB text as a syntax tree, by the tree-sitter grammar; must never know what code means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convwise.errors import LimitError, ReadError

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_BYTES = 256 * 1024
#: Brackets and blocks in each other; what people write has a tenth of it.
MOST_DEPTH = 100


def parsed(text: str) -> Node:
    """The root of the tree.

    Raises ReadError with the line of the first mistake, LimitError for what nests too deeply.
    """
    import tree_sitter
    import tree_sitter_matlab

    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > MOST_BYTES:
        raise LimitError(f"the source has {len(raw):,} bytes, at most {MOST_BYTES:,} are read")
    _must_be_flat(raw)
    language = tree_sitter.Language(tree_sitter_matlab.language())
    # A block that the text ends with needs the end of its line.
    root = tree_sitter.Parser(language).parse(raw + b"\n").root_node
    if root.has_error:
        raise _mistake(root, text)
    _must_end(root)
    return root


def line_of(node: Node) -> int:
    """The line a piece of code begins on, counted from 1."""
    return node.start_point[0] + 1


_SKIPPED = ("comment", "line_continuation")


def spoken(node: Node) -> list[Node]:
    """The named parts of a piece of code, without comments and `...`."""
    return [child for child in node.named_children if child.type not in _SKIPPED]


def tokens(node: Node) -> list[Node]:
    """All parts of a piece of code, signs too, without comments and `...`."""
    return [child for child in node.children if child.type not in _SKIPPED]


def written(node: Node) -> str:
    """A piece of code as it stands."""
    raw = node.text
    return "" if raw is None else raw.decode("utf-8", "replace")


def _must_be_flat(raw: bytes) -> None:
    """Brackets are counted before they are parsed, so that no parser is driven too deep."""
    depth = 0
    for number, line in enumerate(raw.split(b"\n"), 1):
        for letter in line:
            if letter in b"([{":
                depth += 1
                if depth > MOST_DEPTH:
                    raise _too_deep(number)
            elif letter in b")]}":
                depth = max(depth - 1, 0)


def _must_end(root: Node) -> None:
    """Blocks and operators nest too: the tree is walked once, without recursion."""
    level = [root]
    for _ in range(8 * MOST_DEPTH):
        level = [child for node in level for child in node.children]
        if not level:
            return
    raise _too_deep(line_of(level[0]))


def _too_deep(line: int) -> LimitError:
    return LimitError(
        f"more than {MOST_DEPTH} brackets or blocks nest here",
        line=line,
        hint="keep only the part that defines the network",
    )


def _mistake(root: Node, text: str) -> ReadError:
    """The first place that is no MATLAB."""
    node = next(_errors(root), root)
    line = line_of(node)
    lines = text.splitlines()
    shown = lines[line - 1].strip()[:60] if line <= len(lines) else ""
    missing = f"{node.type} is missing" if node.is_missing else f"this is no MATLAB: {shown}"
    return ReadError(missing, line=line, hint="check brackets, quotes and ends before this place")


def _errors(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        stack.extend([child for child in reversed(node.children) if child.has_error])
