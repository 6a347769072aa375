"""One reading of a live module: rehearsed at another batch, told, and cut out as a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, final

import torch
from convwise.dialects.torch.assembly import assembled
from convwise.dialects.torch.context import Context, Example
from convwise.dialects.torch.live.alike import Alike
from convwise.dialects.torch.live.called import Called
from convwise.dialects.torch.live.failures import explained
from convwise.dialects.torch.live.inputs import Leaf, given_inputs
from convwise.dialects.torch.live.ledger import Ledger, dtype_name
from convwise.dialects.torch.live.mirror import Mirror
from convwise.dialects.torch.live.nested import tensors_of
from convwise.dialects.torch.live.rehearsal import NotFreeError, Rehearsal, Step
from convwise.dialects.torch.live.run import Run, Watch, Witness
from convwise.dialects.torch.live.running import Snapshot, watched
from convwise.dialects.torch.live.telling import Telling
from convwise.dialects.torch.recording import InputSpec
from convwise.dialects.torch.symbols import Symbol
from convwise.errors import ConvwiseError, MissingInputError, ReadError, UsageError
from convwise.graph.axes import BATCH_SYMBOL
from convwise.graph.dims import Dim, evaluate
from convwise.graph.nodes import Graph
from torch import nn

#: The batches of the real run and of the rehearsal where the batch is free.
_BATCHES: Final = (3, 5)
#: Numbers that stand for an open size in both runs, until forward runs on them.
_SIZES: Final = ((256, 192), (64, 96), (512, 384), (32, 48), (1024, 1280), (17, 23))
#: Functions whose first or last tensor holds whole numbers.
_INDEXED: Final = ("Embedding", "EmbeddingBag", "embedding", "embedding_bag", "one_hot")
_GATHERING: Final = ("__getitem__", "gather", "index_select", "take", "scatter")


class NeedsIntegersError(Exception):
    """Inputs whose type was not said are used as whole numbers: their names."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


class Sizes(NamedTuple):
    """The open sizes of a run, and of its rehearsal; nothing is open without any."""

    now: Mapping[str, int]
    before: Mapping[str, int]


@final
class Reading:
    """One attempt. `whole`: inputs of unsaid type that are whole numbers."""

    def __init__(
        self, module: nn.Module, inputs: Mapping[str | None, Any], free: bool, whole: frozenset[str]
    ) -> None:
        self.module = module
        self.free = free
        self.whole = whole
        self.context = Context("", {}, free)
        self.context.recording.refuses_unknown = True
        self.mirror = Mirror(self.context, module)
        self.given = given_inputs(module, inputs, self.mirror.root)
        self.device, self.dtype = _home(module)
        self.inputs: list[Symbol] = []
        self.snapshot = Snapshot(module)
        self.alike = Alike(self.mirror.likeness)

    def graph(self) -> Graph:
        """The graph. Raises ConvwiseError, NotFreeError, NeedsIntegersError."""
        names = self.given.symbols
        if not names:
            return self._at((0, 0))
        for pair in _SIZES[:-1]:
            try:
                return self._at(pair)
            except ConvwiseError:
                self.context = Context("", {}, self.free)
                self.context.recording.refuses_unknown = True
                self.mirror = Mirror(self.context, self.module)
                self.alike = Alike(self.mirror.likeness)
        return self._at(_SIZES[-1])

    def _at(self, pair: tuple[int, int]) -> Graph:
        sizes = self._sizes(pair)
        steps: list[Step] = []
        if sizes.now:
            ledger = Ledger(self.mirror.weight_of, self.mirror.data)
            rehearsal = Rehearsal(ledger, self.mirror.is_layer)
            self._run(ledger, rehearsal, sizes.before)
            steps = rehearsal.steps
        ledger = Ledger(self.mirror.weight_of, self.mirror.data)
        telling = Telling(self.mirror, ledger, sizes.now, steps, sizes.before)
        result = self._run(ledger, telling, sizes.now)
        telling.finish()
        return self._assembled(telling, result)

    def _sizes(self, pair: tuple[int, int]) -> Sizes:
        now = dict.fromkeys(self.given.symbols, pair[0])
        before = dict.fromkeys(self.given.symbols, pair[1])
        if self.free:
            now[BATCH_SYMBOL], before[BATCH_SYMBOL] = _BATCHES
        return Sizes(now, before)

    def _run(self, ledger: Ledger, witness: Witness, values: Mapping[str, int]) -> Any:
        """What the module returns; `inputs` are then the symbols of its inputs."""
        self.inputs.clear()
        args, kwargs = self.given.filled(lambda leaf: self._input(ledger, leaf, values))
        run = Run(ledger, witness, self.device, self.alike)
        try:
            with watched(self.snapshot, run.module, self.mirror.bases), Watch(run):
                return self.module(*args, **kwargs)
        except (ConvwiseError, NotFreeError):
            raise
        except (Exception, SystemExit) as error:
            names = self._wanted(ledger, run.failed)
            if names:
                raise NeedsIntegersError(names) from None
            raise self._why(run.failed, witness, error) from None

    def _why(self, call: Called | None, witness: Witness, error: BaseException) -> ConvwiseError:
        """The rule that a layer's call broke, where the code reader knows it."""
        found = explained(error, self.module)
        if call is not None and type(witness) is Telling:
            told = witness.refused(call)
            if told is not None:
                told.where.source, told.where.line = found.where.source, found.where.line
                told.where.text = found.where.text
                return told
        return found

    def _input(self, ledger: Ledger, leaf: Leaf, values: Mapping[str, int]) -> torch.Tensor:
        """An input without memory, and the symbol that it is."""
        rest = tuple([_number(dim, values) for dim in leaf.shape])
        batch = self._batch(leaf)
        shape = rest if leaf.alone else (values.get(BATCH_SYMBOL, batch), *rest)
        dtype = leaf.dtype or (torch.int64 if leaf.name in self.whole else self.dtype)
        made = torch.empty(shape, dtype=dtype, device="meta")
        spec: tuple[Any, ...] = leaf.shape if leaf.alone else (batch, *leaf.shape)
        symbol = Symbol(self.context, None, InputSpec(spec, dtype_name(dtype), leaf.name))
        if leaf.alone:
            symbol.value()
        ledger.hold(made, symbol).sources = frozenset((leaf.name,))
        self.inputs.append(symbol)
        return made

    def _batch(self, leaf: Leaf) -> int:
        return leaf.batch or self.given.batch or 1

    def _wanted(self, ledger: Ledger, call: Called | None) -> frozenset[str]:
        """Inputs of unsaid type for which a call failed that wants whole numbers."""
        none: frozenset[str] = frozenset()
        if call is None:
            return none
        tensors = tensors_of((call.args, call.kwargs))
        if call.name in _INDEXED:
            tensors = tensors[:1]
        elif call.name in _GATHERING:
            tensors = tensors[1:]
        else:
            return none
        unsaid = {leaf.name for leaf in self.given.leaves if leaf.dtype is None} - self.whole
        wrong = [ledger.of(one).sources for one in tensors if one.is_floating_point()]
        return none.union(*wrong) & unsaid

    def _assembled(self, telling: Telling, result: Any) -> Graph:
        given: list[object] = list(self.inputs)
        ends = [telling.output(one) for one in tensors_of(result)]
        name = type(self.module).__name__
        root = self.mirror.root
        for (code, message), line in self.context.notes.items():
            self.context.recording.builder.note(code, message, None, line)
        return assembled(self.context, name, Example(root, given, {}, ends, 0, telling.nodes))


def _number(dim: Dim, values: Mapping[str, int]) -> int:
    found = evaluate(dim, values)
    assert isinstance(found, int)
    return found


def _home(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a module's weights are, and the type of its first that is no whole number."""
    device, dtype = torch.device("cpu"), None
    for one in module.parameters():
        if one.device.type != "meta":
            device = one.device
        if dtype is None and one.is_floating_point():
            dtype = one.dtype
    return device, dtype or torch.get_default_dtype()


def read(module: nn.Module, inputs: Mapping[str | None, Any]) -> Graph:
    """The graph of a module, its batch free where forward allows it."""
    try:
        found = _read(module, inputs, True)
        return found if not found.unknown else _better(module, inputs, found)
    except NotFreeError as error:
        reason = f"forward does something else for another batch, first in {error}"
    except (MissingInputError, UsageError):
        raise
    except ConvwiseError as error:
        reason = f"forward runs on one batch only: {error.message}"
    try:
        return _read(module, inputs, False, reason)
    except NotFreeError as error:
        raise ReadError(
            f"forward does something else for another size, first in {error}",
            hint="give the input's sizes as numbers",
        ) from None


def _better(module: nn.Module, inputs: Mapping[str | None, Any], free: Graph) -> Graph:
    """The graph with a free batch, or that of one batch where it alone is known in full."""
    reason = f"for a free one, what {free.unknown[0].layer} does is not known"
    try:
        fixed = _read(module, inputs, False, reason)
    except (ConvwiseError, NotFreeError):
        return free
    return free if fixed.unknown else fixed


def _read(
    module: nn.Module, inputs: Mapping[str | None, Any], free: bool, reason: str = ""
) -> Graph:
    whole: frozenset[str] = frozenset()
    while True:
        reading = Reading(module, inputs, free, whole)
        if free and not reading.given.agree:
            raise NotFreeError("inputs of different batches")
        if reason:
            reading.context.note("batch-size", f"the batch is kept as it is: {reason}")
        try:
            return reading.graph()
        except NeedsIntegersError as error:
            whole |= error.names
