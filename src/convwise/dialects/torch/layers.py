"""PyTorch's own modules and functions, made and called from the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, final

from convwise.dialects.python.binding import Bound, bind, first_unknown
from convwise.dialects.python.parameters import REQUIRED, Part
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.blocks import Arguments, Block
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.rows import operate, unknown_operation
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table.entry import WEIGHT_NAMES, Entry, Expected
from convwise.dialects.torch.values import tensor_of
from convwise.errors import ConvwiseError, RuleError, UnknownNameError
from convwise.graph.axes import Tensor
from convwise.graph.builder import Roles
from convwise.graph.nodes import Graph, Value, WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.source import Unknown as UnknownKind

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


@final
class LayerObject(Block):
    """A module of the table: its arguments are bound, its kinds come from its entry."""

    def __init__(
        self, context: Context, entry: Entry, class_name: str, bound: Bound, line: int | None
    ) -> None:
        super().__init__(context, class_name, line)
        self.entry = entry
        self.arguments = bound.arguments
        self.row: int | None = None
        self.blocked = False
        self.renamed: dict[str, str] = {}
        self._made: dict[str, Weight] | None = None

    def its_row(self) -> int:
        """The row of the graph that holds the module's operations, made on first use."""
        if self.row is None:
            name = self.path or self.class_name.lower()
            self.row = self.context.recording.row(name, self.class_name, self.line)
            self.context.rows[self.row] = self
        return self.row

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        entry, context = self.entry, self.context
        symbols, options = call_arguments(entry, self.class_name, args, kwargs, context, at)
        try:
            return self._applied(symbols, options, at)
        except ConvwiseError as error:
            # What is to be changed stands where the module is made.
            error.where.line = self.line or error.where.line
            raise error.at(layer=self.path or self.class_name) from None

    def _applied(self, symbols: list[Symbol], options: Arguments, at: At) -> object:
        entry, context = self.entry, self.context
        arguments = {**self.arguments, **options} if options else self.arguments
        recording = context.recording
        row = recording.own_row
        if row is None:
            row = self.its_row()
            recording.builder.begin_call(row)
        if not all(one.known for one in symbols):
            return self._blocked(symbols, row, at)
        if entry.expects is not None:
            for expected in entry.expects(arguments):
                self._check(expected, symbols[0])
        parts = parts_for(entry, arguments, symbols)
        values = self._values(parts, symbols, at)
        in_place = arguments.get("inplace") is True
        made = recording.chain(parts, values, row, at.line, in_place)
        if in_place:
            symbols[0].replace(made[0])
        outputs = [Symbol(context, value) for value in made]
        return seen_outputs(entry, outputs, arguments)

    def _values(self, parts: Sequence[Part], symbols: list[Symbol], at: At) -> tuple[Value, ...]:
        views = parts[0].views if parts else ()
        values = []
        for place, one in enumerate(symbols):
            roles = views[place] if place < len(views) else None
            if roles is not None and one.rank != len(roles):
                raise self._wrong_rank(one, roles)
            values.append(one.value(roles, "int64" if self.entry.integers and not place else None))
        return tuple(values)

    def _wrong_rank(self, symbol: Symbol, roles: Roles) -> RuleError:
        wanted = ", ".join([str(role) for role in roles])
        hint = "check the number of axes; the batch is counted here"
        if symbol.rank == 2:
            hint = "put it before the flattening, or give the values a shape again with view"
        elif symbol.rank == len(roles) - 1:
            hint = "an axis is missing: the batch, or the channels (x.unsqueeze(1))"
        error = RuleError(
            f"{self.class_name} needs an input with {len(roles)} axes ({wanted}), "
            f"{symbol.shown()} has {symbol.rank}",
            hint=hint,
        )
        return error.at(shapes=[symbol.shown()])  # type: ignore[return-value]

    def _check(self, expected: Expected, symbol: Symbol) -> None:
        """The size a module is told must be the size it gets: the right number is named."""
        shape = symbol.shape
        if not -len(shape) <= expected.axis < len(shape):
            return
        size = shape[expected.axis]
        if size == expected.size:
            return
        name, wanted = expected.parameter, expected.size
        hint = f"write {name}={size} here, or make what comes before give {wanted}"
        if type(size) is not int:
            hint = f"give the input a fixed size here: {wanted}"
        error = RuleError(
            f"{self.class_name} has {name}={wanted}, its input {symbol.shown()} "
            f"has {size} {expected.what}",
            hint=hint,
        )
        raise error.at(shapes=[symbol.shown()])

    def _blocked(self, symbols: list[Symbol], row: int, at: At) -> object:
        """Behind something unknown only the kind's name is of use."""
        entry, self.blocked = self.entry, True
        fed = tuple([one.value() for one in symbols])
        made = self.context.recording.add(UnknownKind(self.class_name), fed, row, at.line)
        outputs = [Symbol(self.context, made[0])]
        return outputs[0] if entry.result is None else Unknown(f"the output of {self.class_name}")

    def again(self) -> Block:
        bound = Bound(dict(self.arguments), {}, ())
        made = LayerObject(self.context, self.entry, self.class_name, bound, self.line)
        made.renamed.update(self.renamed)
        return made

    def weight_name(self, key: str) -> str:
        """PyTorch's name of a weight: by its part and role, "kernel" or "depthwise/kernel"."""
        names = self.entry.names
        found = names.get(key) if names is not None else None
        if found is None:
            found = WEIGHT_NAMES.get(key.rpartition("/")[2], key)
        return self.renamed.get(found, found)

    def made_weights(self) -> dict[str, Weight]:
        if self._made is None:
            self._made = {}
            for key, spec in _specs(self.entry, self.arguments):
                if not spec.statistic:
                    shape = tuple([dim for _, dim in spec.axes])
                    weight = Weight(self.context, shape, self.line, spec.trainable)
                    weight.axes = tuple([axis for axis, _ in spec.axes])
                    weight.owner, weight.name = self, self.weight_name(key)
                    self._made[weight.name] = weight
        return self._made

    def is_settled(self, graph: Graph) -> bool:
        """Whether the graph has its weights: it was called, behind nothing unknown."""
        if self.entry.sees is None or self.row is None:
            return self.entry.sees is None
        first = next(iter(self._made or ()), None)
        if first is not None:
            return all(weight.path in graph.weights for weight in (self._made or {}).values())
        return not self.blocked

    def known_weight(self, name: str) -> Weight | None:
        """A weight that code has asked for or has set; None when it never looked."""
        return None if self._made is None else self._made.get(name)

    def get(self, name: str, at: At) -> object:
        if name in self.arguments:
            found = self.arguments[name]
            if name != "bias":
                return found
        if name in ("weight", "bias") or name.startswith(("weight_", "bias_", "in_proj")):
            return self.made_weights().get(self.renamed.get(name, name))
        return super().get(name, at)

    def set(self, name: str, value: object, at: At) -> None:
        if type(value) is Weight:
            if value.owner is None:
                value.owner, value.name = self, name
            self.made_weights()[name] = value
            return
        for parameter in self.entry.parameters:
            if parameter.name == name and parameter.check is not None:
                self.arguments[name] = parameter.check(value, name)
                return
        self.fields[name] = value


def parts_for(entry: Entry, arguments: Arguments, symbols: Sequence[Symbol]) -> tuple[Part, ...]:
    """The operations of a call, for the inputs as they come."""
    return entry.parts(arguments, tuple([_seen(one) for one in symbols]))


def _seen(symbol: Symbol) -> Tensor:
    """A tensor as it comes; an input that nothing has seen yet keeps its choice of roles."""
    pending = symbol.waiting
    return symbol.tensor if pending is None else pending


def seen_outputs(entry: Entry, outputs: list[Symbol], arguments: Arguments) -> object:
    """What code gets: one tensor, a tuple, or what the entry says."""
    if entry.result is not None:
        return entry.result(outputs, arguments)
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


def call_arguments(
    entry: Entry,
    name: str,
    args: list[object],
    kwargs: Mapping[str, object],
    context: Context,
    at: At,
) -> tuple[list[Symbol], Arguments]:
    """The tensors of a call in the entry's order, and its other arguments."""
    given: dict[str, object] = {}
    names = entry.order or (*entry.tensors, *[one.name for one in entry.options])
    if len(args) > len(names):
        raise RuleError(
            f"{name} is called with {len(args)} arguments, it takes {', '.join(names)}",
            line=at.line,
            hint="give it only these",
        )
    given.update(zip(names, args, strict=False))
    for key, value in kwargs.items():
        if key not in names:
            raise RuleError(
                f"a call of {name} has no argument {key}",
                line=at.line,
                hint=f"it takes {', '.join(names)}",
            )
        given[key] = value
    symbols = []
    for tensor in entry.tensors:
        value = given.get(tensor)
        if value is None:
            continue
        for one in value if type(value) in (tuple, list) else (value,):  # type: ignore[attr-defined]
            symbols.append(_needed(one, name, tensor, context, at))
    if not symbols:
        raise RuleError(
            f"{name} is called without its input",
            line=at.line,
            hint=f"call it on a tensor: {name.lower()}(x)",
        )
    options = {one.name: given.get(one.name, one.default) for one in entry.options}
    if len(entry.tensors) > 1:
        options["given"] = tuple([one for one in entry.tensors if given.get(one) is not None])
    return symbols, options


def _needed(value: object, name: str, tensor: str, context: Context, at: At) -> Symbol:
    found = tensor_of(value, context, at)
    if found is not None:
        return found
    from convwise.dialects.python.machine import describe

    raise RuleError(
        f"{name} needs a tensor as {tensor}, found {describe(value)}",
        line=at.line,
        hint="call it on what another module or function returned",
    )


def call_function(
    context: Context, entry: Entry, args: list[object], kwargs: Arguments, at: At
) -> object:
    """A function of the table, such as F.max_pool2d: its tensors first, then its parameters."""
    name = entry.name
    count = len(entry.tensors)
    try:
        if entry.order:
            args, kwargs = _by_name(entry, args, kwargs)
        named = {key: value for key, value in kwargs.items() if key in entry.tensors}
        others = {key: value for key, value in kwargs.items() if key not in entry.tensors}
        symbols, options = call_arguments(entry, name, args[:count], named, context, at)
        arguments = bind(entry, name, args[count:], others).arguments | options
        if not all(one.known for one in symbols):
            return unknown_operation(context, name, symbols, at)
        parts = parts_for(entry, arguments, symbols)
        in_place = name.endswith("_") or arguments.get("inplace") is True
        made = operate(
            context, name, parts, symbols, at, in_place=in_place, integers=entry.integers
        )
    except ConvwiseError as error:
        _explain(error, [*args, *kwargs.values()], context)
        raise error.at(line=at.line, layer=context.recording.path(name)) from None
    return seen_outputs(entry, list(made), arguments)


def _by_name(entry: Entry, args: list[object], kwargs: Arguments) -> tuple[list[object], Arguments]:
    """The arguments of a function whose tensors do not come first, all by their names."""
    if len(args) > len(entry.order):
        takes = ", ".join(entry.order)
        raise RuleError(f"{entry.name} is called with {len(args)} arguments, it takes {takes}")
    return [], {**dict(zip(entry.order, args, strict=False)), **kwargs}


def make_layer(
    context: Context,
    entry: Entry,
    class_name: str,
    args: list[object],
    kwargs: Arguments,
    at: At,
) -> LayerObject:
    """`nn.Conv2d(3, 64, 3)`; RuleError for what PyTorch refuses."""
    try:
        bound = bind(entry, class_name, args, kwargs)
        return LayerObject(context, entry, class_name, bound, at.line)
    except ConvwiseError as error:
        _explain(error, [*args, *kwargs.values()], context)
        raise error.at(line=at.line, layer=class_name) from None


def _explain(error: ConvwiseError, values: list[object], context: Context) -> None:
    unknown = first_unknown(values)
    if isinstance(error, UnknownNameError) and unknown is not None:
        error.hint = context.setting_hint(unknown)


def _specs(entry: Entry, arguments: Arguments) -> list[tuple[str, WeightSpec]]:
    """Weights as they are before any call, with their keys: part and role."""
    if entry.sees is None or REQUIRED in arguments.values():
        return []
    operands = entry.sees(arguments)
    found: list[tuple[str, WeightSpec]] = []
    for kind, views, part in entry.parts(arguments, operands):
        pairs = zip(operands, (*views, *[None] * len(operands)), strict=False)
        seen = tuple([one.viewed(roles) if roles is not None else one for one, roles in pairs])
        for spec in kind.weights(seen):
            found.append((f"{part}/{spec.role}" if part else spec.role, spec))
        operands = kind.outputs(seen, Must())
    return found
