"""The forms in which every example is printed; run as a script, it writes the golden files anew."""

from __future__ import annotations

import json
from pathlib import Path

import convwise

FOLDER = Path(__file__).parent / "expected"
EXAMPLES = (
    "feature_maps",
    "input_channels",
    "cifar10",
    "conv3d",
    "time_as_channels_one",
    "time_as_channels",
)
FORMS = ("80.txt", "100.txt", "md", "json")


def printed(example: str, form: str) -> str:
    """The summary of an example in one form."""
    answer = convwise.read(f"example:{example}").summary()
    if form == "json":
        return json.dumps(answer.to_dict(), indent=1) + "\n"
    if form == "md":
        return answer.to_markdown()
    return answer.text(int(form.removesuffix(".txt")), weights=True) + "\n"


def write_all() -> None:
    """Write every golden file."""
    FOLDER.mkdir(exist_ok=True)
    for example in EXAMPLES:
        for form in FORMS:
            (FOLDER / f"{example}.{form}").write_text(printed(example, form), "utf-8")


if __name__ == "__main__":
    write_all()
