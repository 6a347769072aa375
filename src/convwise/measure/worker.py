"""A process of its own for one job: reads it from a file, writes progress and answer as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from convwise.errors import ConvwiseError


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def main(path: str) -> int:
    """Do the job of a file: 0 when it was answered, 2 when the input is wrong."""
    from convwise.measure import work

    found = json.loads(Path(path).read_text("utf-8"))
    verb = {"predict": work.predicted, "own": work.own, "run": work.ran}[found.pop("verb")]

    def progress(done: int, total: int, what: str) -> None:
        _say(progress=[done, total, what])

    try:
        _say(answer=verb(work.job_of(found), progress))
    except ConvwiseError as error:
        _say(error=error.to_dict())
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
