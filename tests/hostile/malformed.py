"""Files that are no source code, or code with a mistake in the writing: said with the line."""

from __future__ import annotations

from tests.hostile.case import MODEL, MODEL_WORDS, READ, Case

KIBIBYTE = 1024
MOST = 256 * KIBIBYTE


def _not_text() -> list[Case]:
    latin = "# Größe\n" + MODEL
    return [
        Case("empty", ""),
        Case("a space", " "),
        Case("an empty line", "\n"),
        Case("only comments", "# a network\n# of no layers\n"),
        Case("only a docstring", '"""A network."""\n'),
        Case("only pass", "pass\n"),
        Case("only a number", "7305\n"),
        Case("only a byte order mark", "\ufeff"),
        Case("NUL bytes", "x = 1\0\n", words=("is not text", "NUL")),
        Case("NUL at the end", MODEL + "\0", words=("NUL",)),
        Case("UTF-16", MODEL.encode("utf-16"), words=("is not text: byte 0",)),
        Case("UTF-16 without a mark", MODEL.encode("utf-16-le"), words=("NUL",)),
        Case("UTF-32", MODEL.encode("utf-32"), words=("is not text",)),
        Case("Latin-1", latin.encode("latin-1"), words=("is not UTF-8",)),
        Case("a lone surrogate", "x = '\ud800'\n" + MODEL, words=("is not UTF-8",)),
        Case("an ELF file", b"\x7fELF\x02\x01\x01" + bytes(range(256)), words=("is not text",)),
        Case("a zip file", b"PK\x03\x04" + bytes(range(128, 256)), words=("is not text",)),
        Case("an HDF5 file", b"\x89HDF\r\n\x1a\n" + b"\0" * 64, words=("byte 0 is not UTF-8",)),
        Case("compiled Python", b"\xa7\r\r\n" + b"\0" * 12, words=("is not text",)),
        Case("truncated UTF-8", MODEL.encode() + b"\xe2\x82", words=("is not UTF-8",)),
        Case("overlong UTF-8", b"x = '\xc0\xaf'\n", words=("byte 5 is not UTF-8",)),
    ]


def _size() -> list[Case]:
    filler = "a = 1  # " + "x" * 54 + "\n"
    full = MODEL + filler * ((MOST - len(MODEL)) // len(filler))
    full += "#" * (MOST - len(full) - 1) + "\n"
    assignments = "".join(f"a{i:05d} = {i + 10**9}\n" for i in range(13_000))
    return [
        Case("exactly 256 KiB", full, READ, MODEL_WORDS),
        Case("256 KiB and one byte", full + "\n", words=("262,145 bytes, at most 262,144",)),
        Case("a megabyte", MODEL + "#" * 10**6, words=("at most 262,144 are read",)),
        Case("a hundred megabytes", b"#" * 10**8, words=("at most 262,144 are read",)),
        Case(
            "256 KiB of letters of three bytes",
            MODEL + "# " + "語" * 90_000,
            words=("at most 262,144 are read",),
        ),
        Case("255 KiB of assignments", assignments[: 255 * KIBIBYTE].rpartition("\n")[0] + "\n"),
        Case(
            "250 KiB of assignments, then a model",
            assignments[: 250 * KIBIBYTE].rpartition("\n")[0] + "\n" + MODEL,
            READ,
            MODEL_WORDS,
        ),
    ]


#: Name: (code, line of the mistake; None where the reader is more lenient than Python).
MISTAKES: dict[str, tuple[str, int | None]] = {
    "an unclosed string": ("x = 1\ny = 'abc\n", 2),
    "an unclosed long string": ("x = 1\ny = '''abc\n\n\n", 2),
    "an unclosed bracket": ("x = (1,\n     2\n", 1),
    "a bracket too many": ("x = 1)\n", 1),
    "the wrong bracket": ("x = (1]\n", 1),
    "tabs and spaces": ("if 1:\n\tx = 1\n        y = 1\n", 3),
    "an indented line": ("x = 1\n  y = 2\n", 2),
    "a missing block": ("for i in x:\ny = 1\n", 2),
    "a wrong step back": ("if 1:\n        x = 1\n    y = 1\n", 3),
    "print of Python 2": ("x = 1\nprint x\n", 2),
    "exec of Python 2": ("exec 'x = 1'\n", 1),
    "except of Python 2": ("try:\n    x = 1\nexcept A, e:\n    pass\n", 3),
    "octal of Python 2": ("x = 0777\n", 1),
    "not equal of Python 2": ("x = 1 <> 2\n", 1),
    "a missing colon": ("def f()\n    pass\n", 1),
    "a missing comma": ("x = [1 2]\n", 1),
    "an equals sign in a condition": ("if x = 1:\n    pass\n", 1),
    "a keyword as a name": ("x = 1\nclass = 2\n", 2),
    "return outside": ("return 1\n", None),
    "yield outside": ("yield 1\n", 1),
    "break outside": ("x = 1\nbreak\n", None),
    "continue outside": ("continue\n", None),
    "await in a function": ("def f():\n    await x\n", None),
    "nonlocal outside": ("nonlocal x\n", None),
    "the same parameter twice": ("def f(a, a):\n    pass\n", None),
    "a star too many": ("*a, *b = x\n", None),
    "a number with a letter": ("x = 12ab\n", 1),
    "a typographic quote": ("x = \u201chello\u201d\n", 1),
    "a typographic minus": ("x = 3 \u2212 1\n", 1),
    "an invisible space": ("x\u200b = 1\n", 1),
    "an arrow": ("x \u2192 y\n", 1),
    "a doctest prompt": (">>> x = 1\n", None),
    "a shell prompt": ("$ python model.py\n", None),
    "Markdown": ("# My network\n\nHere is the *network* that I use:\n", 3),
    "HTML": ("<!DOCTYPE html>\n<html></html>\n", 1),
    "JSON with null": ("x = {'a': null}\n{'b' 1}\n", 2),
    "a merge mark": ("x = 1\n<<<<<<< HEAD\ny = 2\n", 2),
    "a form feed and an indent": ("x = 1\n\x0c  y = 1\n", 2),
    "an unclosed f-string": ("x = f'{1'\n", 1),
    "an empty f-string": ("x = f'{}'\n", 1),
    "a bad escape": ("x = '\\N{NO SUCH NAME}'\n", 1),
    "a bad hexadecimal escape": ("x = '\\x4'\n", 1),
    "bytes with letters": ("x = b'\u00e4'\n", 1),
    "a dot too many": ("import a..b\n", 1),
    "import of everything from nothing": ("from import *\n", 1),
}


def _mistakes() -> list[Case]:
    found = []
    for name, (code, line) in MISTAKES.items():
        found.append(Case(name, code, line=line))
    found.append(Case("a mistake after a model", MODEL + "x = (\n", line=4))
    found.append(Case("a mistake in a model", MODEL.replace("8, 3", "8 3"), line=3))
    return found


def _fine() -> list[Case]:
    """Odd, and read all the same."""
    crlf = MODEL.replace("\n", "\r\n")
    return [
        Case("a byte order mark", "\ufeff" + MODEL, READ, MODEL_WORDS),
        Case("MATLAB", "layers = [\n    imageInputLayer([28 28 1])\n];\n", READ, ("28 x 28 x 1",)),
        Case("Windows line ends", crlf.encode(), READ, MODEL_WORDS),
        Case("old Macintosh line ends", MODEL.replace("\n", "\r").encode(), READ, MODEL_WORDS),
        Case("no end of line", MODEL.rstrip("\n"), READ, MODEL_WORDS),
        Case("form feeds", "\x0c\n" + MODEL, READ, MODEL_WORDS),
        Case("a coding line that lies", "# coding: utf-16\n" + MODEL, READ, MODEL_WORDS),
        Case("names in many scripts", "größe = 名前 = π = 1\n" + MODEL, READ, MODEL_WORDS),
        Case("a name that NFKC changes", "ﬁ = 1\nx = fi\n" + MODEL, READ, MODEL_WORDS),
        Case("emoji", "x = '🦄'\n" + MODEL, READ, MODEL_WORDS),
        Case("an escaped surrogate", "x = '\\ud800'\n" + MODEL, READ, MODEL_WORDS),
        Case("control characters", "x = '\x1b[2J\x07'\n" + MODEL, READ, MODEL_WORDS),
        Case("null as a name", MODEL + "null = model\n", READ, MODEL_WORDS),
        Case("warnings of the parser", "x = 1 is 1\ny = '\\d'\nassert (1, 'a')\n" + MODEL, READ),
    ]


def cases() -> list[Case]:
    """All files that are not what they should be."""
    return _not_text() + _size() + _mistakes() + _fine()
