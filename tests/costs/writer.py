"""A process that stores batch after batch and says so, until it is killed; asserts nothing.

python -m tests.costs.writer FOLDER NAME COUNT [BATCHES]: a line with the batch's name, once it is
stored; "-" in front where it was not.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from convwise.costs.store import Store
from tests.costs.records import HERE, batch


def main(folder: str, name: str, count: int, batches: int | None) -> None:
    """Store and say, `batches` times or for ever."""
    store = Store(Path(folder))
    turns = itertools.count() if batches is None else range(batches)
    for turn in turns:
        one = f"{name}.{turn}"
        done = store.put_many(HERE, batch(one, count))
        # One write of a short line is never half there.
        os.write(1, f"{'' if done else '-'}{one}\n".encode())
    for trouble in store.troubles:
        print(trouble, file=sys.stderr)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0], given[1], int(given[2]), int(given[3]) if given[3:] else None)
