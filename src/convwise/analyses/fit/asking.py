"""Asks for predictions, each only once, and says whether they fit; predicts nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from convwise.analyses.memory.options import Estimate, Training
from convwise.graph.nodes import Graph

#: Memory and time of a training step of a network, however they are known.
Predict = Callable[[Graph, Training], Estimate]

#: No more is asked for: a batch or a side of so many is as good as any.
MOST: Final = 1 << 16
#: Searches end when what fits and what does not are this close to each other.
CLOSE: Final = 1.04


@final
class Asking:
    """A budget, of the whole process, and the predictions that were made so far."""

    __slots__ = ("_known", "_predict", "budget_bytes", "count")

    def __init__(self, predict: Predict, budget_bytes: int) -> None:
        self._predict = predict
        self._known: dict[tuple[int, Training], tuple[Graph, Estimate]] = {}
        self.budget_bytes = budget_bytes
        self.count = 0

    def estimate(self, graph: Graph, training: Training) -> Estimate:
        """What is predicted."""
        key = (id(graph), training)
        if key not in self._known:
            self.count += 1
            # The graph is held, so that no other gets its identity.
            self._known[key] = (graph, self._predict(graph, training))
        return self._known[key][1]

    def most_bytes(self, graph: Graph, training: Training) -> int:
        """The whole process at most."""
        return process_bytes(self.estimate(graph, training))[1]

    def fits(self, estimate: Estimate) -> bool | None:
        """Whether it stays within the budget; None where the prediction does not tell."""
        low, high = process_bytes(estimate)
        if high <= self.budget_bytes:
            return True
        return None if low <= self.budget_bytes else False


def process_bytes(estimate: Estimate) -> tuple[int, int]:
    """The resident memory of the process; that of the tensors where no more is known."""
    return estimate.process or (estimate.low, estimate.high)


def largest(
    need: Callable[[int], int], budget: int, size: Callable[[int], float], most: int = MOST
) -> int:
    """The largest number from 1 to `most` whose need is within the budget, 0 when none is.

    need: bytes, growing with the number, about evenly with `size` of it. Numbers that are closer
    to each other than `CLOSE` are not told apart. Few needs are asked for.
    """
    seen = {1: need(1)}
    if seen[1] > budget:
        return 0
    low, high = 1, most + 1
    while high > low + 1 and (high not in seen or high > low * CLOSE):
        number = _next(seen, budget, size, low, high)
        seen[number] = need(number)
        if seen[number] <= budget:
            low = number
        else:
            high = number
    return low


def _next(
    seen: dict[int, int], budget: int, size: Callable[[int], float], low: int, high: int
) -> int:
    """The number to ask for: where a straight line through what is known meets the budget.

    Just behind where it is thought to be the first time, just before it the second: so the answer
    is soon held from both sides.
    """
    if len(seen) == 1:
        return min(2, high - 1)
    known = sorted(seen)
    right = high if high in seen else known[-1]
    left = low if low != right else known[-2]
    rise = seen[right] - seen[left]
    if rise <= 0:
        return min(2 * high if high in seen else 2 * low, (low + high) // 2, high - 1)
    wide = size(right) - size(left)
    wanted = size(left) + (budget - seen[left]) / rise * wide
    guess = _inverse(size, wanted, low, high)
    if len(seen) > 8:
        guess = (low + high) // 2
    elif guess <= low:
        guess = low + max(1, int(low * (CLOSE - 1)))
    elif guess >= high and high in seen:
        guess = high - max(1, int(low * (CLOSE - 1)))
    return max(low + 1, min(guess, high - 1))


def _inverse(size: Callable[[int], float], wanted: float, low: int, high: int) -> int:
    """The largest number between the two whose size is at most what is wanted."""
    while high - low > 1:
        middle = (low + high) // 2
        if size(middle) <= wanted:
            low = middle
        else:
            high = middle
    return low
