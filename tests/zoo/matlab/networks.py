"""The table of the zoo's MATLAB files, and their numbers as JSON; run it to write them anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from . import branches, chains, sequences
from .worked_out import PAGES, READ, Sheet

FOLDER = Path(__file__).parent


class Case(NamedTuple):
    """A network: its file, the variable that holds it (None: the file's only one), its sheet."""

    stem: str
    sheet: Callable[[], Sheet]
    file: str
    variable: str | None = None

    @property
    def source(self) -> str:
        path = str(FOLDER / self.file)
        return f"{path}:{self.variable}" if self.variable else path

    @property
    def json(self) -> Path:
        return FOLDER / f"{self.stem}.json"

    @property
    def steps(self) -> int | None:
        """How many time steps the numbers are for; None without time."""
        return sequences.STEPS if self.sheet.__module__ == sequences.__name__ else None


def _case(sheet: Callable[[], Sheet]) -> Case:
    stem = sheet.__name__
    if stem == "gan_generator":
        return Case(stem, sheet, "gan.m", "netG")
    if stem == "gan_discriminator":
        return Case(stem, sheet, "gan.m", "netD")
    return Case(stem, sheet, f"{stem}.m")


CASES = tuple(
    [
        _case(value)
        for module in (chains, branches, sequences)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__
        if not name.startswith("_")
    ]
)

_BY_HAND = (
    "Worked out with tests/zoo/matlab/worked_out.py, which states each layer's arithmetic after "
    "the documentation pages below. MATLAB itself was not at hand; of each page it is said whether "
    "a published copy of it, or of its function's page, was read (in parts) or whether its rule is "
    "from knowledge of the toolbox."
)
_SEEN = ("from knowledge", "read in a published copy")
_TWIN = (
    " The same layers in Keras (tests/zoo/matlab/twins.py) give the same sizes and counts, moving "
    "statistics left out."
)


def numbers(case: Case, twin: bool) -> dict[str, Any]:
    """What the JSON of a network holds."""
    sheet = case.sheet()
    rows = [{"name": name, **row} for name, row in sheet.rows.items()]
    types = dict.fromkeys([str(row["type"]) for row in rows])
    return {
        "file": case.file,
        "variable": case.variable,
        "steps": case.steps,
        "source": _BY_HAND + (_TWIN if twin else ""),
        "pages": {PAGES[one]: _SEEN[one in READ] for one in types if one in PAGES},
        "learnables": sum(row["learnables"] for row in rows),
        "macs": sum(row["macs"] for row in rows),
        "layers": rows,
    }


def text(case: Case, twin: bool) -> str:
    """The JSON, one layer a line."""
    found = numbers(case, twin)
    rows = ",\n".join([f"    {json.dumps(row)}" for row in found.pop("layers")])
    head = json.dumps(found, indent=1)[:-2]
    return f'{head},\n "layers": [\n{rows}\n ]\n}}\n'


def main() -> None:
    """Write the JSON of every network."""
    from .twins import TWINS

    for case in CASES:
        case.json.write_text(text(case, case.stem in TWINS), encoding="utf-8")


if __name__ == "__main__":
    main()
