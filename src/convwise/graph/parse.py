"""Expressions from text, the inverse of str(); must never evaluate anything but sizes.

sum := product (("+" | "-") product)*        product := factor (("*" | "//" | "%") factor)*
factor := "-" factor | number | name | "(" sum ")" | call
call := ("floor" | "ceil") "(" product "/" factor ")" | ("max" | "min") "(" sum ("," sum)+ ")"
"""

from __future__ import annotations

from convwise.errors import ReadError, RuleError
from convwise.graph.atoms import Symbol
from convwise.graph.expression import Dim, Expr, floor_div, maximum

MOST_CHARACTERS = 20_000
MOST_DIGITS = 40
MOST_NESTED = 100

_WORDS = ("floor", "ceil", "max", "min")
_DOUBLE = ("//", "==", ">=", "<=")
_SINGLE = "+-*/%(),"


def symbol(name: str) -> Expr:
    """The size called `name`, a positive integer; RuleError when it cannot be a name."""
    if not name.isidentifier() or name in _WORDS:
        raise RuleError(f"{name!r} cannot be the name of a size", hint="use a name such as H")
    return Expr({(Symbol(name),): 1})


def tokens(text: str) -> list[str]:
    """Numbers, names and signs; ReadError on anything else."""
    if len(text) > MOST_CHARACTERS:
        raise ReadError(f"a size of {len(text)} characters, at most {MOST_CHARACTERS} are read")
    found = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end = _token_end(text, at)
        if end == at:
            raise ReadError(f"{text[at]!r} at character {at + 1} is no part of a size: {text}")
        found.append(text[at:end])
        at = end
    return found


def _token_end(text: str, at: int) -> int:
    if text[at : at + 2] in _DOUBLE:
        return at + 2
    if text[at] in _SINGLE:
        return at + 1
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return end


class Parser:
    """Reads one expression after the other from a list of tokens."""

    __slots__ = ("_at", "_depth", "_text", "_tokens")

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> str:
        """The token that comes, empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        """The token that comes, and past it."""
        token = self.next
        self._at += 1
        return token

    def expect(self, token: str) -> None:
        """Past this token; ReadError when another one comes."""
        if self.take() != token:
            found = self._tokens[self._at - 1] if self._at <= len(self._tokens) else "the end"
            wanted = token or "the end"
            raise ReadError(f"{wanted} is expected, {found} is found in the size {self._text}")

    def sum(self) -> Dim:
        """Terms joined by + and -."""
        total = self.product()
        while self.next in ("+", "-"):
            total = total + self.product() if self.take() == "+" else total - self.product()
        return total

    def product(self) -> Dim:
        """Factors joined by *, // and %, from left to right."""
        result = self.factor()
        while self.next in ("*", "//", "%"):
            sign = self.take()
            right = self.factor()
            if sign == "*":
                result = result * right
            elif right == 0:
                raise ReadError(f"a division by 0 in the size {self._text}")
            else:
                result = floor_div(result, right) if sign == "//" else result % right
        return result

    def factor(self) -> Dim:
        """A number, a name, a call, something in brackets or the negative of it."""
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ReadError(f"a size nested more than {MOST_NESTED} deep")
        token = self.take()
        if token == "-":
            result: Dim = -self.factor()
        elif token == "(":
            result = self.sum()
            self.expect(")")
        elif token in _WORDS and self.next == "(":
            result = self._call(token)
        else:
            result = self._leaf(token)
        self._depth -= 1
        return result

    def _leaf(self, token: str) -> Dim:
        if token.isascii() and token.isdigit() and len(token) <= MOST_DIGITS:
            return int(token)
        if token.isidentifier() and token not in _WORDS:
            return symbol(token)
        found = token[:MOST_DIGITS] or "the end"
        raise ReadError(f"a number or a name is expected, {found} is found in {self._text}")

    def _call(self, word: str) -> Dim:
        self.expect("(")
        if word in ("floor", "ceil"):
            over = self.product()
            self.expect("/")
            under = self.factor()
            if under == 0:
                raise ReadError(f"a division by 0 in the size {self._text}")
            result = floor_div(over, under) if word == "floor" else -floor_div(-over, under)
        else:
            result = self.sum()
            self.expect(",")
            result = _larger(word, result, self.sum())
            while self.next == ",":
                self.take()
                result = _larger(word, result, self.sum())
        self.expect(")")
        return result


def _larger(word: str, left: Dim, right: Dim) -> Dim:
    return maximum(left, right) if word == "max" else -maximum(-left, -right)


def parse(text: str) -> Dim:
    """The dim that prints as this text; ReadError when it is none."""
    parser = Parser(text)
    result = parser.sum()
    parser.expect("")
    return result
