"""Turns text into a syntax tree, also as people paste it; must never run or interpret it."""

from __future__ import annotations

import ast
import warnings

from convwise.dialects.python.host import Host
from convwise.dialects.python.limits import Limits
from convwise.errors import LimitError, ReadError

_PROMPTS = (">>> ", "... ", ">>>", "...")
_HINTS = (
    ("Missing parentheses in call to 'print'", "this is Python 2: write print(...)"),
    ("Missing parentheses in call to 'exec'", "this is Python 2; such code cannot be read"),
    ("inconsistent use of tabs", "indent with spaces only: the file mixes tabs and spaces"),
    ("unindent does not match", "line the statement up with the block it belongs to"),
    ("expected an indented block", "indent the lines that belong to the line above"),
    ("was never closed", "close this bracket"),
    ("unterminated string", "close this string with its quote"),
    ("unterminated triple-quoted", "close this string with its three quotes"),
    ("multiple exception types must be parenthesized", "this is Python 2: use `except X as e`"),
    ("leading zeros in decimal", "write the number without leading zeros"),
    ("invalid character", "replace the character by its plain form (often a typographic quote)"),
    ("invalid non-printable", "delete the invisible character"),
    ("unexpected indent", "line the statement up with the one before it"),
    ("unmatched '", "delete this bracket, or open it before"),
    ("does not match opening", "close every bracket with its own kind"),
    ("Perhaps you forgot a comma", "put a comma, or whatever else is missing, before the caret"),
    ("expected ':'", "put a colon here"),
    ("Maybe you meant '=='", "compare with == instead of ="),
    ("invalid decimal literal", "a number is followed by something else: put a space or a sign"),
    ("f-string", "correct what stands in the braces of this f-string"),
    ("unicode error", "correct the backslash in this string, or write r before its quote"),
    ("bytes can only contain ASCII", "delete the b before the quote"),
    ("too many nested parentheses", "cut out the part that defines the network"),
    ("too many levels of indentation", "cut out the part that defines the network"),
    ("for integer string conversion", "write this number as a power, such as 10**6"),
)
_ANY_HINT = "correct this line, or keep only the part that defines the network"


def parse(text: str, filename: str, host: Host, limits: Limits) -> ast.Module:
    """The syntax tree. Raises ReadError (no text, wrong syntax) and LimitError (too large)."""
    too_large = _too_large(text, limits)
    if too_large is not None:
        raise LimitError(too_large, hint="cut out the part that defines the network").at(
            source=filename
        )
    if "\0" in text:
        raise ReadError("this is not text", hint="give Python source code").at(source=filename)
    text = text.removeprefix("\ufeff")
    try:
        return _tree(text, filename)
    except SyntaxError as error:
        cleaned = as_pasted(text)
        if cleaned is not None:
            try:
                module = _tree(cleaned, filename)
            except SyntaxError as other:
                raise syntax_error(other, text, filename) from None
            host.note("pasted", "read without prompts, shell lines or common indentation", None)
            return module
        raise syntax_error(error, text, filename) from None


def _too_large(text: str, limits: Limits) -> str | None:
    """What the text has too much of, None when it is small enough to be parsed."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size > limits.text_bytes:
        return f"the text has {size:,} bytes, at most {limits.text_bytes:,} are read"
    rough = text.count("\n") + text.count(";")
    if rough > limits.statements and _statements(text) > limits.statements:
        return f"the text has more than {limits.statements:,} statements"
    if text.count("{") > limits.braces:
        # Python's own parser takes quadratic time for the parts of an f-string.
        return f"the text has more than {limits.braces:,} opening braces"
    return None


def _statements(text: str) -> int:
    """At most as many statements: lines that are not empty, and semicolons."""
    return text.count(";") + sum([1 for line in lines_of(text) if line.strip()])


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them: a form feed or a Unicode separator ends none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _tree(text: str, filename: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (RecursionError, MemoryError):
        raise LimitError(
            "the code is nested too deeply to be read",
            hint="cut out the part that defines the network",
        ).at(source=filename) from None
    except (ValueError, UnicodeError) as error:
        if isinstance(error, SyntaxError):
            raise
        raise ReadError("this is not text", hint="give Python source code").at(
            source=filename
        ) from None


def as_pasted(text: str) -> str | None:
    """The text without interpreter prompts, notebook magic and common indentation.

    Lines are blanked, never removed, so that line numbers stay those of the text. None when there
    is nothing of the sort in it.
    """
    import textwrap

    given = lines = lines_of(text)
    if any(line.lstrip().startswith(">>>") for line in lines):
        lines = [_without_prompt(line) for line in lines]
    lines = ["" if line.lstrip()[:1] in ("!", "%", "$") else line for line in lines]
    cleaned = textwrap.dedent("\n".join(lines))
    return None if cleaned == "\n".join(given) else cleaned


def _without_prompt(line: str) -> str:
    """The statement behind a prompt; what has no prompt is printed output and is dropped."""
    bare = line.lstrip()
    for prompt in _PROMPTS:
        if bare.startswith(prompt):
            return bare[len(prompt) :]
    return ""


def syntax_error(error: SyntaxError, text: str, filename: str) -> ReadError:
    """The error with file, line, the line's text and a caret."""
    message = error.msg or "invalid syntax"
    hint = next((advice for part, advice in _HINTS if part in message), _ANY_HINT)
    message = message.partition(";")[0] if "for integer string conversion" in message else message
    told = ReadError(f"syntax error: {message}", hint=hint, line=error.lineno)
    lines = lines_of(text)
    if error.lineno is not None and 0 < error.lineno <= len(lines):
        line = lines[error.lineno - 1]
        shift = len(line) - len(line.lstrip())
        start = max((error.offset or 1) - 1 - shift, 0)
        told.where.text, told.where.column = _shortened(line.strip(), start)
    told.at(source=filename)
    return told


def _shortened(line: str, column: int) -> tuple[str, int]:
    """At most 100 characters of the line around the caret."""
    if len(line) <= 100:
        return line, column
    first = max(column - 50, 0)
    return line[first : first + 100], column - first
