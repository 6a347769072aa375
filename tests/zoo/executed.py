"""Where the zoo lives, and its networks as live Keras sees them, each file executed only once."""

from __future__ import annotations

import functools
from pathlib import Path

from . import oracle

FOLDER = Path(__file__).parent / "keras"

#: Files that no Keras of today can execute, with the twin that stands for them.
TWINS = {"keras1_cifar.py": "keras1_cifar_modern.py"}


@functools.cache
def executed(path: Path) -> dict[str, oracle.OracleModel]:
    """The networks of a file of the zoo; those of its twin when it cannot be executed."""
    return oracle.models(path.with_name(TWINS.get(path.name, path.name)))


def files() -> list[Path]:
    """Every file of the zoo, in the order of the alphabet."""
    return sorted(FOLDER.glob("*.py"))
