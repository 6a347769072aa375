"""The real run: every call is told to the code reader's functions, which build the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import torch
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.sizes import Size
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.live import functions
from convwise.dialects.torch.live.called import Called
from convwise.dialects.torch.live.ledger import DATA, Data, Held, Ledger, dtype_name, told_data
from convwise.dialects.torch.live.mirror import NOWHERE, Mirror
from convwise.dialects.torch.live.nested import tensors_of
from convwise.dialects.torch.live.rehearsal import NotFreeError, Reconciled, Step, exact_sizes
from convwise.dialects.torch.live.run import Witness
from convwise.dialects.torch.live.sizes import Sized, number_of, size
from convwise.dialects.torch.live.unknowns import Unknowns
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import tensor_of
from convwise.errors import ConvwiseError, LimitError
from torch import nn

Values = Mapping[str, int]


class DisagreementError(Exception):
    """Our rule gives another shape than PyTorch."""


@final
class Telling(Witness):
    """Builds the graph. `values`: the open sizes in this run; `before`: those of the rehearsal.

    `nodes`: the operations that belong to the network, in order.
    """

    def __init__(
        self, mirror: Mirror, ledger: Ledger, values: Values, steps: Sequence[Step], before: Values
    ) -> None:
        self.mirror = mirror
        self.context = mirror.context
        self.ledger = ledger
        self.values = values
        self.before = before
        self.steps = steps
        self.nodes: list[int] = []
        self.unknowns = Unknowns(self.context, values, before)
        self.reconciled = Reconciled(ledger, values, before)
        self._place = 0

    def sizes(self, held: Held) -> tuple[int, ...]:
        plain = tuple(held.meta.size())
        if type(held.meaning) is not Symbol:
            return plain
        pairs = zip(plain, exact_sizes(held.meaning), strict=True)
        return tuple([size(int(number), dim) for number, dim in pairs])

    def is_layer(self, module: nn.Module) -> bool:
        return self.mirror.is_layer(module)

    def entered(self, module: nn.Module, forward: Callable[[], Any]) -> Any:
        block = self.mirror.blocks.get(id(module))
        recording = self.context.recording
        outer = recording.scope
        recording.scope = outer if block is None else block.path or outer
        try:
            return forward()
        finally:
            recording.scope = outer

    def called(self, call: Called) -> None:
        self._compare(call)
        if not _of_network((self._told(call.args), self._told(call.kwargs))):
            for one in tensors_of(call.result):
                self.ledger.hold(one, DATA)
            return
        self._attempt(call, lambda: self._tell(call))

    def stored(self, call: Called) -> None:
        target, value = self.ledger.of(call.args[0]), call.args[2]
        if isinstance(value, torch.Tensor) and target.written is self.ledger.of(value):
            # `x[:, 0] += y` overwrites a view and then stores it: the store says where.
            target.written = None
        self._compare(call)
        if not _of_network(self._told(call.args)):
            return
        call.result = call.args[0]
        self._attempt(call, lambda: self._tell(call))

    def layer(self, call: Called) -> None:
        block = self.mirror.blocks[id(call.module)]
        assert isinstance(block, LayerObject)
        self._compare(call)
        recording = self.context.recording
        outer = recording.scope
        recording.scope = block.path or outer
        try:
            self._attempt(call, lambda: self._tell(call), block.its_row())
        finally:
            recording.scope = outer

    def _tell(self, call: Called) -> object:
        """What the code reader makes of a call."""
        args, kwargs = self._told(call.args), self._told(call.kwargs)
        if call.module is not None:
            block = self.mirror.blocks[id(call.module)]
            assert isinstance(block, LayerObject)
            return block.forward(list(args), kwargs, NOWHERE)
        if call.name == "__setitem__":
            return functions.stored(self.context, args[0], args[1], args[2], NOWHERE)
        return functions.told(self.context, call.function, call.name, list(args), kwargs, NOWHERE)

    def _attempt(self, call: Called, tell: Callable[[], object], row: int | None = None) -> None:
        """Tell a call; where that fails, or says another shape than PyTorch, it is unknown."""
        recording = self.context.recording
        recording.without_gradient = 0 if torch.is_grad_enabled() else 1
        first, uses = recording.count, recording.uses(call.name)
        flows = any(self.ledger.of(one).sources for one in tensors_of((call.args, call.kwargs)))
        pairs: Sequence[tuple[torch.Tensor, Symbol | Weight | Data]]
        try:
            pairs = self._paired(call.result, tell())
            self._rehearsed(call, pairs)
        except LimitError:
            raise
        except Exception as error:
            # Whatever the reason: PyTorch has done it, and its shape is kept.
            if isinstance(error, DisagreementError):
                where = recording.path(call.name)
                self.context.note("disagreement", f"{where}: {error}; PyTorch's shape is kept")
            first = recording.count
            recording.used(call.name, uses)
            pairs = self._unknown(call, row)
        if flows:
            self.nodes.extend(range(first, recording.count))
        for tensor, meaning in pairs:
            self.ledger.hold(tensor, meaning)
        for one in call.changed:
            whole = self.ledger.whole(one)
            # A view has the count of changes of its whole: a store into that changes both.
            stored = whole is not None and whole.seen is call.result
            if whole is not None and type(whole.meaning) is Symbol and not stored:
                whole.written = one

    def _unknown(self, call: Called, row: int | None) -> list[tuple[torch.Tensor, Symbol]]:
        given = tensors_of((call.args, call.kwargs))
        fed = [one for one in [self._value(tensor) for tensor in given] if one is not None]
        results = tensors_of(call.result)
        shapes = self._step(call).shapes if self.steps else None
        name = call.name.removeprefix("get ")
        made = self.unknowns.operation(name, fed, results, shapes, row)
        for held in call.changed:
            if type(held.meaning) is Symbol:
                places = [place for place, one in enumerate(results) if one is held.seen]
                if places:
                    held.meaning.replace(made[places[0]].value())
        return list(zip(results, made, strict=True))

    def _value(self, tensor: torch.Tensor) -> Symbol | None:
        meaning = self._told(tensor)
        if type(meaning) is Weight:
            return meaning.symbol()
        return meaning if type(meaning) is Symbol else None

    def _paired(
        self, result: Any, made: object
    ) -> list[tuple[torch.Tensor, Symbol | Weight | Data]]:
        """Each tensor that came out with what the code reader says it is."""
        if isinstance(result, torch.Tensor):
            return [(result, self._agreed(result, made))]
        if type(made) is Returned:
            made = list(made.fields.values())
        if isinstance(result, list | tuple) and type(made) in (list, tuple):
            ours = list(made)  # type: ignore[call-overload]
            if len(ours) == len(result):
                pairs = zip(result, ours, strict=True)
                return [found for one, two in pairs for found in self._paired(one, two)]
        if not tensors_of(result):
            return []
        raise DisagreementError("another number of results")

    def _agreed(self, tensor: torch.Tensor, made: object) -> Symbol | Weight | Data:
        """The meaning of a tensor; its shape must be PyTorch's, in both runs."""
        actual = tuple(tensor.size())
        if type(made) is Weight and made.shape == actual:
            return made
        if type(made) is Array and made.shape == actual:
            return DATA
        if type(made) is not Symbol:
            raise DisagreementError(f"no tensor but {type(made).__name__}")
        ours = tuple([number_of(dim, self.values) for dim in exact_sizes(made)])
        if not made.known or ours != actual:
            raise DisagreementError(f"the rule gives {ours}, PyTorch {actual}")
        return made

    def finish(self) -> None:
        """The rehearsal must have had no more calls."""
        if self._place < len(self.steps):
            raise NotFreeError(self.steps[self._place].name)

    def output(self, tensor: torch.Tensor) -> Symbol:
        """A tensor that the network gives back."""
        found = tensor_of(self._meaning(tensor), self.context, NOWHERE)
        assert found is not None
        return found

    def refused(self, call: Called) -> ConvwiseError | None:
        """The rule of the code reader that a call breaks which PyTorch refused, if any."""
        try:
            self._tell(call)
        except ConvwiseError as error:
            return error
        except Exception:
            return None
        return None

    def _rehearsed(
        self, call: Called, pairs: Sequence[tuple[torch.Tensor, Symbol | Weight | Data]]
    ) -> None:
        """The shapes of a network's tensors must be those of the rehearsal as well."""
        shapes = self._step(call).shapes if self.steps else ()
        if len(shapes) != len(pairs):
            return
        for shape, (_, made) in zip(shapes, pairs, strict=True):
            if type(made) is Symbol:
                ours = tuple([number_of(dim, self.before) for dim in exact_sizes(made)])
                if ours != shape:
                    raise DisagreementError(f"the rule gives {ours}, PyTorch {shape}")

    def _told(self, value: Any) -> Any:
        """Arguments as the code reader's functions take them."""
        if isinstance(value, torch.Tensor):
            return self._meaning(value)
        sort = type(value)
        if sort is Sized:
            return Size(value.dim, False)
        if sort is list or sort is tuple:
            return sort([self._told(one) for one in value])
        if isinstance(value, list | tuple):
            return tuple([self._told(one) for one in value])
        if isinstance(value, dict):
            return {key: self._told(one) for key, one in value.items()}
        if sort is slice:
            return slice(*[self._told(one) for one in (value.start, value.stop, value.step)])
        if sort is torch.dtype:
            return dtype_name(value)
        if value is None or value is Ellipsis or sort in (int, float, bool, str):
            return value
        return Inert(sort.__name__)

    def _meaning(self, tensor: torch.Tensor) -> object:
        held = self.ledger.of(tensor)
        if held.written is not None:
            self._overwritten(held, held.written)
        if held.meaning is None:
            # Something that PyTorch shows to nobody has made it.
            made = self.unknowns.operation("a function of another language", [], [tensor], None)
            held.meaning, held.sources = made[0], frozenset(("",))
            self.nodes.append(made[0].value().node)
        if type(held.meaning) is Data:
            return told_data(held)
        return held.meaning

    def _overwritten(self, held: Held, part: Held) -> None:
        """A tensor of which a view was overwritten: which part of it, nobody here can say."""
        held.written = None
        symbols = [one.meaning for one in (held, part) if type(one.meaning) is Symbol]
        shapes = [tuple(number_of(dim, self.before) or 0 for dim in exact_sizes(symbols[0]))]
        [made] = self.unknowns.operation("a write into a view", symbols, [held.meta], shapes)
        self.nodes.append(made.value().node)
        symbols[0].replace(made.value())

    def _compare(self, call: Called) -> None:
        """The call must be the rehearsal's, but for the sizes that are left open."""
        self._place += 1
        if not self.steps:
            return
        step = self._step(call)
        if step.name != call.name:
            raise NotFreeError(call.name)
        try:
            call.args, call.kwargs = self.reconciled.value((call.args, call.kwargs), step.said)
        except NotFreeError as error:
            raise NotFreeError(f"{call.name} ({error})") from None

    def _step(self, call: Called) -> Step:
        if self._place > len(self.steps):
            raise NotFreeError(call.name)
        return self.steps[self._place - 1]


def _of_network(told: Any) -> bool:
    """Whether anything among the arguments is part of the network, or an open size."""
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if type(one) in (Symbol, Weight, Size):
            return True
        if type(one) in (list, tuple):
            waiting.extend(one)
        elif type(one) is dict:
            waiting.extend(one.values())
        elif type(one) is slice:
            waiting.extend((one.start, one.stop, one.step))
    return False
