"""Error classes and how a message is put together; must never import another room.

Errors come in two tiers. Inner code knows the rule that was broken and both numbers, and raises
`RuleError`. Whoever knows more (the builder: the layer and the shapes; the reader: the line; the
front door: the file) adds its part to the same error on the way out, so that the user sees one
message with everything in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Names and values of a source may be in a message, and as long as the source.
_LONGEST = 1000


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 3]}..."


@dataclass(slots=True)
class Where:
    """What is known about the place of an error: each part is filled by the tier that knows it."""

    source: str | None = None
    line: int | None = None
    text: str | None = None
    column: int | None = None
    layer: str | None = None
    shapes: list[str] = field(default_factory=list)


class ConvwiseError(Exception):
    """Anything convwise refuses, with its place and what to change.

    `message` states the rule that was broken with its numbers, `hint` what to change.
    """

    code = "error"
    exit_status = 2

    def __init__(self, message: str, *, hint: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = _shortened(message)
        self.hint = _shortened(hint) if hint else hint
        self.where = Where(line=line)

    def at(
        self,
        *,
        source: str | None = None,
        line: int | None = None,
        layer: str | None = None,
        shapes: list[str] | None = None,
    ) -> ConvwiseError:
        """Add what an outer tier knows, keep what an inner tier already said, return itself."""
        where = self.where
        where.source = where.source or source
        where.line = where.line or line
        where.layer = where.layer or layer
        if shapes and not where.shapes:
            where.shapes = shapes
        return self

    def __str__(self) -> str:
        return "\n".join([self._headline(), *self._details()])

    def _headline(self) -> str:
        place = self.where.source or ""
        if self.where.line is not None:
            place = f"{place}:{self.where.line}" if place else f"line {self.where.line}"
        layer = f"layer {self.where.layer}: " if self.where.layer else ""
        return f"{place}: {layer}{self.message}" if place else f"{layer}{self.message}"

    def _details(self) -> list[str]:
        where = self.where
        lines = []
        if where.text is not None:
            lines.append(f"    {where.text}")
            if where.column is not None:
                lines.append("    " + " " * where.column + "^")
        if where.shapes:
            lines.append("  received: " + ", ".join(where.shapes))
        if self.hint:
            lines.append(f"  to change: {self.hint}")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """The error as the JSON object that `--json` prints."""
        where = self.where
        return {
            "schema": "convwise.error/1",
            "code": self.code,
            "message": self.message,
            "source": where.source,
            "line": where.line,
            "layer": where.layer,
            "shapes": list(where.shapes),
            "hint": self.hint,
        }


class RuleError(ConvwiseError):
    """A rule of a kind, of a shape or of a framework is broken."""

    code = "rule"


class ReadError(ConvwiseError):
    """The source cannot be read at all: not text, wrong syntax, too large, no model in it."""

    code = "read"


class UnknownNameError(ReadError):
    """A name or value that the model needs is not known from the source alone."""

    code = "unknown-name"


class MissingInputError(ReadError):
    """The shape of an input is needed and nowhere given."""

    code = "missing-input"


class LimitError(ReadError):
    """Reading would take more steps, memory or depth than is allowed."""

    code = "limit"


class UsageError(ConvwiseError):
    """An option or argument given to convwise itself is wrong."""

    code = "usage"
