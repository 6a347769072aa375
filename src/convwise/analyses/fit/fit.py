"""What makes training fit: every way in the order of what it costs the user, and the first of them.

Predictions are injected; nothing is run and no framework is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from convwise.analyses.fit.answer import EXACT, PRECISION, Fit, Option
from convwise.analyses.fit.asking import Asking, Predict
from convwise.analyses.fit.field import largest_field
from convwise.analyses.fit.options import Change, Ways, statistics_layers
from convwise.analyses.fit.plan import Plan
from convwise.errors import UsageError
from convwise.graph.axes import BATCH_SYMBOL
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph


def fit(
    graph: Graph,
    budget_bytes: int,
    predict: Predict,
    *,
    batch: int = 1,
    optimizer: str = "adam",
    seconds: float | None = None,
    changes: Sequence[Change] = (),
) -> Fit:
    """What would make training on `batch` examples per step fit into `budget_bytes`.

    budget_bytes: of the whole process. predict: memory and time of a network and a training; it is
    asked a few dozen times. An option fits when the most that is predicted is within the budget.
    seconds: what a step may take, where predictions know its time. changes: other networks for the
    same task. The batch is never changed: where fewer examples at once are needed, that is an
    option of its own, and said to be inexact where layers mix examples. Raises UsageError where
    sizes are open, layers are unknown, or numbers make no sense.
    """
    if budget_bytes < 1 or (seconds is not None and seconds <= 0):
        raise UsageError("a budget is more than nothing", hint="--memory 8GiB, --time 0.5")
    _must_be_closed(graph)
    wanted = Plan(batch, optimizer=optimizer)
    wanted.training()
    asking = Asking(predict, budget_bytes)
    ways = Ways(graph, wanted, asking, seconds)
    options = _options(ways, changes)
    estimate = options[0].estimate
    assert estimate is not None
    return Fit(
        graph.name,
        budget_bytes,
        batch,
        optimizer,
        seconds,
        estimate.level,
        tuple(options),
        _best(options),
        largest_field(graph, wanted, asking),
        asking.count,
        tuple(_notes(graph, options, seconds)),
    )


def _options(ways: Ways, changes: Sequence[Change]) -> list[Option]:
    plain = ways.plain()
    found: list[Option | None] = [plain]
    if not plain.fits:
        found.append(ways.accumulated(plain))
    again = ways.recomputed(EXACT, ways.wanted, "recomputation")
    found.append(again)
    if not again.fits:
        found.append(ways.recomputed_in_parts(again))
    mixed = ways.mixed()
    found.append(mixed)
    if not mixed.fits and mixed.plan is not None:
        name = "mixed precision and recomputation"
        found.append(ways.recomputed(PRECISION, mixed.plan, name))
    found += [ways.changed(change) for change in changes]
    return [option for option in found if option is not None]


def _best(options: list[Option]) -> int | None:
    """The first that fits and is exact, else the first that fits."""
    fitting = [
        number
        for number, option in enumerate(options)
        if option.fits and option.in_time is not False
    ]
    exact = [number for number in fitting if options[number].exact]
    return next(iter([*exact, *fitting]), None)


def _notes(graph: Graph, options: list[Option], seconds: float | None) -> list[str]:
    notes = []
    known = [option for option in options if option.estimate is not None]
    if any(
        option.process_bytes and option.estimate and not option.estimate.process for option in known
    ):
        notes.append(
            "the prediction knows the tensors only: what the process takes besides is not in it"
        )
    if seconds is not None and all(
        option.estimate is None or option.estimate.seconds is None for option in options
    ):
        notes.append("no prediction of time is at hand: the time asked for is not looked at")
    if statistics_layers(graph):
        notes.append(
            "it has batch statistics: with fewer examples at once it learns something else, so the "
            "batch is never changed without saying so"
        )
    return notes


def _must_be_closed(graph: Graph) -> None:
    if graph.unknown:
        fact = graph.unknown[0]
        raise UsageError(
            f"{fact.what}, so that no memory can be predicted",
            hint="convwise summary lists everything that is unknown",
            line=fact.line,
        ).at(layer=fact.layer)
    for value in graph.inputs:
        for dim in graph.tensor(value).shape:
            size = evaluate(dim, {BATCH_SYMBOL: 1})
            if type(size) is not int:
                raise UsageError(
                    f"the input size {size} is open: its memory has no number yet",
                    hint="give it with --input, as in --input 128x128x3",
                )
