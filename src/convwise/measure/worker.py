"""A process that answers one question after the other: lines of JSON in, lines of JSON out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from convwise.analyses.memory.options import training_from
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_from_json
from convwise.kinds.catalog import decode
from convwise.measure import work
from convwise.measure.estimating import Estimator


def main() -> int:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        try:
            _say(answer=VERBS[asked.pop("verb")](asked))
        except ConvwiseError as error:
            _say(error=error.to_dict())
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            # What a module raises where it does not run: the next question may be about another.
            told = " ".join(str(error).strip().splitlines()[:1])
            stated = ConvwiseError(
                f"the network does not run: {told}", hint="convwise summary shows it"
            )
            _say(error=stated.to_dict())
    return 0


def _estimate(asked: dict[str, Any]) -> dict[str, Any]:
    training = training_from(asked["training"])
    estimator = _estimator(asked["threads"], asked["folder"])
    return asdict(estimator.estimate(_graph(asked["graph"]), training, timed=asked["timed"]))


def _predict(asked: dict[str, Any]) -> dict[str, Any]:
    return work.predicted(_job(asked), _progress)


def _own(asked: dict[str, Any]) -> dict[str, Any]:
    return work.own(_job(asked), _progress)


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    return work.ran(_job(asked), _progress)


#: What can be asked.
VERBS = {"estimate": _estimate, "predict": _predict, "own": _own, "run": _run}


def _job(asked: dict[str, Any]) -> work.Job:
    training = asked["training"]
    given = training_from(training) if training is not None else None
    return work.Job(**{**asked, "graph": _graph(asked["graph"]), "training": given})


@cache
def _graph(path: str) -> Graph:
    return graph_from_json(json.loads(Path(path).read_text("utf-8")), decode)


@cache
def _estimator(threads: int, folder: str) -> Estimator:
    return Estimator(threads, Path(folder), _progress)


def _progress(done: int, total: int, what: str) -> None:
    _say(progress=[done, total, what])


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main())
