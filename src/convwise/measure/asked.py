"""A process that is asked for one estimate after the other: lines of JSON in, lines of JSON out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from convwise.analyses.memory.options import Training
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_from_json
from convwise.kinds.catalog import decode
from convwise.measure.estimating import Estimator


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def _progress(done: int, total: int, what: str) -> None:
    _say(progress=[done, total, what])


def _training(found: dict[str, Any]) -> Training:
    runs = tuple([tuple(run) for run in found["recompute"]])
    return Training(**{**found, "recompute": runs})


def main(threads: str, folder: str) -> int:
    """Answer until the input ends; each line holds "graph" (a file), "training" and "timed"."""
    estimator = Estimator(int(threads), Path(folder), _progress)
    graphs: dict[str, Graph] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        path = asked["graph"]
        try:
            if path not in graphs:
                read = json.loads(Path(path).read_text("utf-8"))
                graphs[path] = graph_from_json(read, decode)
            found = estimator.estimate(
                graphs[path], _training(asked["training"]), timed=asked["timed"]
            )
            _say(answer=asdict(found))
        except ConvwiseError as error:
            _say(error=error.to_dict())
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            # What a module raises where it does not run: the next question may be about another.
            told = str(error).strip().splitlines()[:1]
            _say(error=ConvwiseError(f"it does not run: {' '.join(told)}").to_dict())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
