"""Which tensor of a file is its network's result; must never interpret code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from convwise.dialects.keras.recording import Step
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.tensorflow1.tape import Tape
from convwise.graph.nodes import Value
from convwise.kinds.contract import CONTRACTION
from convwise.kinds.merge import Merge
from convwise.kinds.ranking import Extreme
from convwise.kinds.reduce import Reduce
from convwise.kinds.source import Input, Parameter
from convwise.kinds.unary import Cast, Unary

#: What stands between a prediction and the loss or the accuracy that it is compared in.
_BETWEEN: Final = frozenset((Unary, Cast, Reduce, Extreme))


class Choice:
    """What every node of a recording depends on, found once in the order of the nodes."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.steps: list[Step] = tape.context.recording.steps
        self.learned: list[bool] = []
        self.layers: list[int] = []
        for step in self.steps:
            own = bool(step.kind.traits & {CONTRACTION})
            before = [value.node for value in step.inputs]
            learns = type(step.kind) is Parameter or _has_weights(tape, step)
            self.learned.append(learns or any(self.learned[one] for one in before))
            self.layers.append(own + max([self.layers[one] for one in before], default=0))

    def result(self) -> tuple[Symbol, str] | None:
        """The network's result and why it is that; None when nothing was made."""
        if self.tape.losses:
            return self._largest(self.tape.losses), "what goes into the loss"
        for loss in reversed(self.tape.minimized):
            if not self.depth(loss):
                continue
            found = self._compared(loss.value().node)
            if found is not None:
                return self._symbol(found), "what the loss compares with the labels"
        last = self._last()
        return None if last is None else (self._symbol(last), "the last tensor with most layers")

    def depth(self, symbol: Symbol) -> int:
        """How many weighted layers lead to a tensor; to an input that nothing has seen, none."""
        node = symbol.value().node
        return self.layers[node] if node < len(self.layers) else 0

    def _symbol(self, value: Value) -> Symbol:
        return Symbol(self.tape.context, value)

    def _largest(self, found: Iterable[Symbol]) -> Symbol:
        best, most = None, -1
        for one in found:
            size = self.depth(one)
            if size >= most:
                best, most = one, size
        assert best is not None
        return best

    def _compared(self, node: int) -> Value | None:
        """What meets something that no variable leads to, such as labels, on the way to a loss."""
        waiting, seen = [node], {node}
        best: Value | None = None
        while waiting:
            step = self.steps[waiting.pop()]
            for place, value in enumerate(step.inputs):
                other = step.inputs[1 - place] if len(step.inputs) == 2 else None
                meets = other is not None and type(step.kind) is Merge
                if meets and self.learned[value.node] and other is not None:
                    deep = self.layers[value.node]
                    if not self.learned[other.node] and self._given(other.node) and deep:
                        if best is None or deep > self.layers[best.node]:
                            best = self._behind(value)
                        continue
                if value.node not in seen and self.learned[value.node]:
                    seen.add(value.node)
                    waiting.append(value.node)
        return best

    def _given(self, node: int) -> bool:
        """Whether an input leads to it."""
        waiting, seen = [node], {node}
        while waiting:
            step = self.steps[waiting.pop()]
            if type(step.kind) is Input:
                return True
            for value in step.inputs:
                if value.node not in seen:
                    seen.add(value.node)
                    waiting.append(value.node)
        return False

    def _behind(self, value: Value) -> Value:
        """The prediction itself: without the logarithm, the clipping, the type."""
        step = self.steps[value.node]
        while type(step.kind) in _BETWEEN and len(step.inputs) == 1:
            value = step.inputs[0]
            step = self.steps[value.node]
        return value

    def _last(self) -> Value | None:
        """The last node with the most weighted layers before it, without what compares it."""
        most = max(self.layers, default=0)
        found = None
        labels: set[int] = set()
        for node, step in enumerate(self.steps):
            joined = any(value.node in labels for value in step.inputs)
            meets = len(step.inputs) == 2 and any(
                not self.learned[value.node] and self._given(value.node) for value in step.inputs
            )
            compares = meets and any(self.layers[value.node] for value in step.inputs)
            if joined or compares:
                labels.add(node)
            elif self.layers[node] == most and type(step.kind) is not Parameter:
                found = node
        return None if found is None else self._before(Value(found, 0))

    def _before(self, value: Value) -> Value:
        """The prediction itself, where what comes last only picks its largest value."""
        step = self.steps[value.node]
        while step.inputs and (_picks(step) or self._is_number(value)):
            value = step.inputs[0]
            step = self.steps[value.node]
        return value

    def _is_number(self, value: Value) -> bool:
        """Whether it has no axes, such as a loss."""
        tensor = self.tape.context.recording.tensor(value)
        return tensor.known and not tensor.rank


def _picks(step: Step) -> bool:
    """Whether the step only says which class is the likeliest, or in which type."""
    kind = step.kind
    return type(kind) in (Cast, Extreme) or (type(kind) is Reduce and kind.op.startswith("arg"))


def _has_weights(tape: Tape, step: Step) -> bool:
    """Whether the step has weights of its own."""
    return (
        (step.row, "kernel") in tape.labels
        or step.row in tape.owned
        or any((step.row, key) in tape.labels for key in ("table", "gamma", "beta", "moving_mean"))
    )
