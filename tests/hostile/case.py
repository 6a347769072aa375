"""What a hostile source is and what may come of it; runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: What the sources write where TOUCH stands: leaves a file and a word that no source spells out.
TOUCH = 'open("canary", "w").write(print("CAN" + "ARY") or "x")'
CANARY = "CANARY"

#: A model whose table is known, to stand before or after whatever else a source does.
MODEL = """
from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3)])
"""
MODEL_WORDS = ("30 x 30 x 8", "224")

READ = 0
REFUSED = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One source, or what makes it: `status` is the exit status, `words` stand in what is printed.

    `line` is the line that the message must name; None where the whole file is meant. `live` says
    that Python itself, running the source, would leave the canary. `file`: what the source is
    called.
    """

    name: str
    source: str | bytes | Callable[[], bytes]
    status: int = REFUSED
    words: tuple[str, ...] = ()
    line: int | None = None
    live: bool = False
    file: str = "model.py"

    @property
    def raw(self) -> bytes:
        """The bytes of the file."""
        if callable(self.source):
            return self.source()
        if isinstance(self.source, bytes):
            return self.source
        return self.source.encode("utf-8", "surrogatepass")


def before_model(name: str, code: str, *, live: bool = False) -> Case:
    """Junk and then a model: the model is read."""
    return Case(f"{name}, then a model", code + "\n" + MODEL, READ, MODEL_WORDS, live=live)


def touching(code: str) -> str:
    """The code with TOUCH filled in."""
    return code.strip("\n").replace("TOUCH", TOUCH) + "\n"
