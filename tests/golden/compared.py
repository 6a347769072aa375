"""The forms in which networks are compared; run as a script, it writes the golden files anew."""

from __future__ import annotations

import json

import convwise
from tests.golden.forms import FOLDER

#: Name of the files: sources, and whether variants are asked for.
COMPARED = {
    "compare.question": (
        ("example:conv3d", "example:time_as_channels_one", "example:time_as_channels"),
        False,
    ),
    "compare.variants": (("example:conv3d",), True),
    "compare.back": (("example:time_as_channels",), True),
}
FORMS = ("80.txt", "100.txt", "md", "json")


def printed(name: str, form: str) -> str:
    """The comparison in one form."""
    sources, variants = COMPARED[name]
    answer = convwise.compare(*sources, variants=variants)
    if form == "json":
        return json.dumps(answer.to_dict(), indent=1) + "\n"
    if form == "md":
        return answer.to_markdown()
    return answer.text(int(form.removesuffix(".txt"))) + "\n"


def write_all() -> None:
    """Write every golden file."""
    for name in COMPARED:
        for form in FORMS:
            (FOLDER / f"{name}.{form}").write_text(printed(name, form), "utf-8")


if __name__ == "__main__":
    write_all()
