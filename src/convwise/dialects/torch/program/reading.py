"""Tells a program's operations to the code reader's functions, module by module, as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.sizes import Size
from convwise.dialects.torch.assembly import assembled
from convwise.dialects.torch.context import Context, Example
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.indexing import assign_item
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.program.agreement import DisagreementError, equal
from convwise.dialects.torch.program.aliases import Aliases, Shown, writes
from convwise.dialects.torch.program.aten import translated
from convwise.dialects.torch.program.checked import broken
from convwise.dialects.torch.program.group import (
    Group,
    Made,
    layer_of,
    names_in,
    refs_in,
)
from convwise.dialects.torch.program.indexing import Chain, chain
from convwise.dialects.torch.program.inlining import inlined
from convwise.dialects.torch.program.layers import rebuilt
from convwise.dialects.torch.program.neutral import Body, Call, Meta, Module, Program, Ref
from convwise.dialects.torch.program.told import NOWHERE, Told, UntranslatedError
from convwise.dialects.torch.program.unknowns import unknown_operation
from convwise.dialects.torch.program.weights import Modules
from convwise.dialects.torch.recording import InputSpec
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat, tensor_of
from convwise.errors import LimitError
from convwise.graph.axes import DTYPE_BYTES
from convwise.graph.dims import Expr
from convwise.graph.nodes import Graph

#: More operations than any network has.
MOST_CALLS: Final = 200_000


def graph_of(program: Program) -> Graph:
    """The network of a program. Raises ReadError, LimitError, RuleError."""
    return Reading(program).graph()


@final
class Reading:
    """One reading. `values`: what each name of the program is so far."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.context = Context("", {}, False)
        self.context.recording.refuses_unknown = True
        self.context.depth = 1
        self.modules = Modules(self.context, program)
        self.values: dict[str, Any] = {}
        self.nodes: list[int] = []
        self.inputs: list[Symbol] = []
        self.rows: dict[str, int] = {}
        self.used: dict[str, int] = {}
        self.aliases = Aliases(self.used)
        self.calls = 0

    def graph(self) -> Graph:
        program = self.program
        for name, told in program.inputs:
            self._begin(name, told)
        for name, weight in self.modules.weights.items():
            self.values[name] = weight
        for name in program.held:
            self.values[name] = self._data(name)
        body = inlined(program.body, {})
        _count(body.calls, body.outputs, self.used)
        self._run(body.calls)
        outputs = [self._output(name) for name in body.outputs]
        self._note_batch()
        root = self.modules.root
        example = Example(root, list(self.inputs), {}, outputs, 0, self.nodes)
        return assembled(self.context, program.name, example)

    def _note_batch(self) -> None:
        """Say so where the number of examples is fixed."""
        firsts = [self._meta(name).shape[:1] for name, _ in self.program.inputs]
        sizes = [one[0] for one in firsts if one]
        if sizes and all(type(one) is int for one in sizes):
            self.context.recording.builder.note(
                "batch-size",
                f"the batch is {sizes[0]}, as it was exported; dynamic_shapes leave it free",
            )

    def _begin(self, name: str, told: str) -> None:
        meta = self._meta(name)
        symbol = Symbol(self.context, None, InputSpec(meta.shape, meta.dtype, told))
        if not meta.shape:
            symbol.value()
        self.values[name] = symbol
        self.inputs.append(symbol)

    def _meta(self, name: str) -> Meta:
        found = self.program.tensors.get(name)
        if found is None:
            raise broken(f"nothing is said about the tensor {name!r:.60}")
        return found

    def _data(self, name: str) -> Any:
        """A tensor of fixed values: its shape."""
        meta = self._meta(name)
        sizes = [one for one in meta.shape if type(one) is int]
        if len(sizes) < len(meta.shape):
            return self.context.fixed(meta.shape, NOWHERE, _dtype(meta))
        return Array(tuple(sizes), None, meta.dtype)

    def _output(self, name: str) -> Symbol:
        found = tensor_of(self._value(name), self.context, NOWHERE)
        assert found is not None
        return found

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise broken(f"the tensor {name!r:.60} is used before anything gives it")
        return self.values[name]

    def _run(self, calls: Sequence[Call]) -> None:
        for module, group in self._grouped(calls):
            if module is not None and self._as_layer(module, group):
                continue
            place = 0
            while place < len(group):
                place += self._one(group, place, module)

    def _grouped(self, calls: Sequence[Call]) -> Iterator[tuple[Module | None, list[Call]]]:
        """Operations in a row that belong to one call of one layer, or to none."""
        held: Module | None = None
        group: list[Call] = []
        for call in calls:
            module = layer_of(call, self.program)
            if group and _is_same(module, held):
                group.append(call)
                continue
            if group:
                yield held, group
            held, group = module, [call]
        if group:
            yield held, group

    def _as_layer(self, module: Module, calls: Sequence[Call]) -> bool:
        """Read the operations of one call of a layer as the layer; False where they do not tell."""
        used = self._used_outside(calls)
        group = Group(self.program, module, calls, used)
        recording = self.context.recording
        first = recording.count
        try:
            made = rebuilt(group)
            inputs = {key: self._told(one) for key, one in made.inputs.items()}
            layer = self.modules.layer(module, made)
            recording.scope = module.path
            result = layer.forward([], inputs, NOWHERE)
            pairs = self._paired(made, flat(result))
        except LimitError:
            raise
        except Exception:
            # Whatever the reason: then its operations are read one by one.
            return False
        self.nodes.extend(range(first, recording.count))
        self.values.update(pairs)
        self.aliases.took(calls)
        return True

    def _paired(self, made: Made, results: list[object]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in zip(made.outputs, results, strict=False):
            if name is not None:
                found[name] = self._agreed(name, value)
        return found

    def _used_outside(self, calls: Sequence[Call]) -> set[str]:
        """The results of operations that others take."""
        inside: dict[str, int] = {}
        _count(calls, (), inside)
        return {name for name in _outputs(calls) if self.used.get(name, 0) > inside.get(name, 0)}

    def _one(self, calls: Sequence[Call], place: int, module: Module | None) -> int:
        """Tell one operation, or the several that one index is made of; how many were told."""
        call = calls[place]
        found = chain(calls, place, self.used)
        outputs = [*calls[place + found.length - 1].outputs]
        names = names_in(outputs)
        recording = self.context.recording
        recording.scope = _scope(call.modules)
        self.aliases.took(calls[place : place + found.length])
        if not self._flows(calls[place : place + found.length]):
            for name in _outputs(calls[place : place + found.length]):
                self.values[name] = self._data(name)
            return found.length
        row = self._row(module) if module is not None else None
        first, uses = recording.count, recording.uses(call.name)
        recording.own_row = row
        try:
            pairs = self._agreements(outputs, self._tell(call, found))
        except LimitError:
            raise
        except Exception:
            # Whatever the reason: PyTorch has exported it, and the shape that it says is kept.
            first = recording.count
            recording.used(call.name, uses)
            recording.own_row = None
            pairs = self._unknown(call, names, row)
        finally:
            recording.own_row = None
        self.values.update(pairs)
        self._written(call, calls[place + found.length - 1], found)
        self.nodes.extend(range(first, recording.count))
        return found.length

    def _written(self, call: Call, last: Call, found: Chain) -> None:
        """What is written into a part of a tensor changes the tensor, where it is still taken."""
        self.aliases.made(call, last, found.entries)
        names = names_in(last.outputs)
        if not writes(last) or not names:
            return
        name: str = names[0]
        while (shown := self.aliases.written(name)) is not None:
            self._write(shown, self._output(name))
            name = shown.base

    def _write(self, shown: Shown, value: Symbol) -> None:
        whole = self._output(shown.base)
        self.values[shown.base] = whole
        before = whole.value()
        if shown.cuts is not None:
            index = tuple([self._told(one) for one in shown.cuts])
            try:
                assign_item(whole, index, value, NOWHERE)
            except Exception:
                # An index that cannot be stored into: the shape stays what it is.
                whole.replace(before)
        if whole.value() == before:
            metas = [self._meta(shown.base)]
            [made] = unknown_operation(self.context, "setitem", [whole, value], metas, None)
            whole.replace(made.value())

    def _tell(self, call: Call, chain: Chain) -> object:
        given = {key: self._told(one) for key, one in call.arguments.items()}
        wanted = tuple([self._any_used(one) for one in call.outputs])
        if call.namespace != "aten":
            raise UntranslatedError(call.name)
        told = Told(self.context, call.name, call.overload, given, wanted)
        if chain.norm is not None:
            norm = {key: self._told(one) for key, one in chain.norm.items()}
            return told.as_function("normalize", **norm)
        if chain.entries is not None:
            return told.part(told.tensor(), tuple([self._told(one) for one in chain.entries]))
        return translated(told)

    def _any_used(self, output: str | tuple[str, ...] | None) -> bool:
        return any(self.used.get(name, 0) for name in names_in([output]))

    def _flows(self, calls: Sequence[Call]) -> bool:
        """Whether operations belong to the network, or have open sizes."""
        inside = set(_outputs(calls[:-1]))
        waiting = [one for call in calls for one in call.arguments.values()]
        while waiting:
            one = waiting.pop()
            if type(one) is Expr:
                return True
            if type(one) is Ref and one.name not in inside:
                found = self._value(one.name)
                if type(found) in (Symbol, Weight):
                    return True
            if type(one) is list:
                waiting.extend(one)
        return False

    def _told(self, value: Any) -> Any:
        """An argument as the code reader's functions take it."""
        sort = type(value)
        if sort is Ref:
            return self._value(value.name)
        if sort is Expr:
            return Size(value, False)
        if sort is list:
            return [self._told(one) for one in value]
        if sort is tuple:
            return tuple([self._told(one) for one in value])
        if sort is slice:
            return slice(*[self._told(one) for one in (value.start, value.stop, value.step)])
        if sort is Body:
            raise UntranslatedError("a body")
        return value

    def _agreements(
        self, outputs: Sequence[str | tuple[str, ...] | None], found: object
    ) -> dict[str, Any]:
        names = names_in(outputs)
        if type(found) is Returned:
            found = list(found.fields.values())
        results: list[object] = list(found) if type(found) in (list, tuple) else [found]  # type: ignore[call-overload]
        if len(results) < len(names):
            unused = names[len(results) :]
            if any(self.used.get(one, 0) for one in unused) or not results:
                raise DisagreementError("fewer results")
            names = names[: len(results)]
        pairs = zip(names, results, strict=False)
        return {name: self._agreed(name, one) for name, one in pairs}

    def _agreed(self, name: str, made: object) -> Any:
        """The meaning of a tensor; its shape must be the program's."""
        meta = self._meta(name)
        if type(made) is Weight and made.shape == meta.shape:
            return made
        if type(made) is Array and made.shape == meta.shape:
            return made
        if type(made) is not Symbol or not made.known:
            raise DisagreementError("no tensor")
        if made.pending is None and not equal(made.dims, meta.shape):
            raise DisagreementError("another shape")
        return made

    def _unknown(self, call: Call, names: Sequence[str], row: int | None) -> dict[str, Symbol]:
        fed = []
        for name in refs_in(call.arguments.values()):
            found = self._value(name)
            if type(found) in (Symbol, Weight):
                fed.append(found.symbol() if type(found) is Weight else found)
        metas = [self._meta(name) for name in names]
        if not metas:
            return {}
        title = call.name if call.namespace == "aten" else f"{call.namespace}.{call.name}"
        made = unknown_operation(self.context, title, fed, metas, row)
        target = next(iter(call.arguments.values()), None)
        if writes(call) and type(target) is Ref and type(self._value(target.name)) is Symbol:
            self._value(target.name).replace(made[0].value())
        return dict(zip(names, made, strict=True))

    def _row(self, module: Module) -> int:
        """The row of a layer that is read operation by operation."""
        found = self.rows.get(module.path)
        recording = self.context.recording
        if found is None:
            name = module.path or module.short.lower()
            found = self.rows[module.path] = recording.row(name, module.short, None)
        recording.builder.begin_call(found)
        return found


def _dtype(meta: Meta) -> str:
    return meta.dtype if meta.dtype in DTYPE_BYTES else "float32"


def _scope(modules: Sequence[Module]) -> str:
    return modules[-1].path if modules else ""


def _outputs(calls: Sequence[Call]) -> list[str]:
    return [name for call in calls for name in names_in(call.outputs)]


def _count(calls: Sequence[Call], outputs: Sequence[str], used: dict[str, int]) -> None:
    """How often each tensor is taken."""
    if len(calls) > MOST_CALLS:
        raise LimitError(
            f"the program has {len(calls):,} operations, at most {MOST_CALLS:,} are read",
            hint="export a part of the network",
        )
    for call in calls:
        for name in refs_in(call.arguments.values()):
            used[name] = used.get(name, 0) + 1
    for name in outputs:
        used[name] = used.get(name, 0) + 1


def _is_same(one: Module | None, two: Module | None) -> bool:
    """Whether two operations belong to the same call of a layer."""
    return one is two if one is None or two is None else one.call == two.call
