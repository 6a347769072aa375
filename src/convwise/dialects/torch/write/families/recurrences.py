"""Recurrent layers and cells in PyTorch: its modules where they are the same, else a loop."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.activations import function_named
from convwise.dialects.torch.write.families.space import amounts_of, paddings, symmetric
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, GivenAll, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.conv_recurrent import ConvLSTM
from convwise.kinds.recurrent import TIME, Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell

_CLASSES = {"simple": "RNN", "lstm": "LSTM", "gru": "GRU"}
#: PyTorch's order of the gates that Keras keeps as (update, reset, new).
_ROWS = {"gru": (1, 0, 2)}


def _plain(cell: Cell) -> bool:
    """Whether PyTorch has this cell."""
    usual = cell.recurrent_activation == "sigmoid" or cell.name == "simple"
    allowed = ("tanh", "relu") if cell.name == "simple" else ("tanh",)
    return usual and cell.activation in allowed and (cell.name != "gru" or cell.reset_after)


def _dropped(cell: Cell, site: Site) -> None:
    if cell.stochastic:
        site.writer.remark("Dropout inside of recurrent cells is left out: PyTorch has none there")


def _rows(cell: Cell, site: Site) -> tuple[int, ...]:
    return _ROWS.get(cell.name, ()) if cell.update_first else ()


def recurrent(kind: Recurrent, site: Site) -> Given | GivenAll:
    """`nn.LSTM` and its relatives; what comes out is put together as the graph says."""
    _dropped(kind.cell, site)
    source = site.source
    batched = BATCH in source.roles
    order = site.order()
    if order[-1] != source.rank - 1:
        order = orders.same(source.rank)
    time = order.index(source.position(TIME))
    module = _module(kind, site, batched and time == 1) if _plain(kind.cell) else _loop(kind, site)
    text = site.arg(0, order)
    if not _plain(kind.cell) and batched and time == 0:
        raise RuleError("a recurrent layer of this cell whose steps come before the batch")
    if kind.backwards and not kind.bidirectional:
        text = method(text, "flip", time)
    states = _initial(kind, site)
    ran = call(module, text, *([states] if states else []))
    if kind.returns == ("sequence",) and (not kind.bidirectional or kind.merge == "concat"):
        return Given(Code(f"{ran}[0]"), order)
    if kind.returns == ("last",) and not kind.bidirectional:
        last = "[0][-1]" if time == 0 else "[0][:, -1]"
        return Given(Code(ran + last), orders.without(order, [source.position(TIME)]))
    return _taken(kind, site, ran, order, time)


def _taken(kind: Recurrent, site: Site, ran: Code, order: Order, time: int) -> GivenAll:
    """Sequence and final states under names, and each output made of them."""
    states = ("hidden", "(hidden, cell)")[kind.cell.name == "lstm"]
    names = site.unpacked_states(ran, states)
    hidden = dict(zip(("sequence", "hidden", "cell"), names, strict=False))
    texts: list[Code] = []
    found: list[Order] = []
    last = orders.without(order, [site.source.position(TIME)])
    for name in kind.returns:
        if name == "sequence":
            made = _merged(kind, method(hidden[name], "chunk", 2, -1), hidden[name], site)
            texts.extend(made)
            found.extend([order] * len(made))
        elif name == "last":
            made = _last(kind, hidden, time, site)
            texts.extend(made)
            found.extend([last] * len(made))
        elif kind.stacked:
            texts.append(hidden[name])
            found.append(orders.same(site.made.rank if batchless(site) else 3))
    if not kind.stacked:
        wanted = [name for name in kind.returns if name in kind.cell.states]
        for step in range(kind.layers * kind.directions):
            for name in wanted:
                texts.append(Code(f"{hidden[name]}[{literal(step)}]"))
                found.append(orders.same(1 if batchless(site) else 2))
    return GivenAll(tuple(texts), tuple(found))


def batchless(site: Site) -> bool:
    """Whether a single sequence comes in, without a batch."""
    return BATCH not in site.source.roles


def _last(kind: Recurrent, hidden: dict[str, Code], time: int, site: Site) -> list[Code]:
    """The last output: of a network that runs backwards, the one at its own end."""
    if not kind.bidirectional:
        last = "[-1]" if time == 0 else "[:, -1]"
        return [Code(hidden["sequence"] + last)]
    ends = [Code(f"{hidden['hidden']}[-2]"), Code(f"{hidden['hidden']}[-1]")]
    if kind.merge == "concat":
        return [call("torch.cat", Code(f"[{', '.join(ends)}]"), dim=-1)]
    return _joined(kind, ends)


def _merged(kind: Recurrent, halves: Code, whole: Code, site: Site) -> list[Code]:
    if not kind.bidirectional or kind.merge == "concat":
        return [whole]
    return _joined(kind, list(site.unpacked(halves, "forwards", "backwards")))


def _joined(kind: Recurrent, ends: list[Code]) -> list[Code]:
    one, two = ends
    texts = {"sum": f"{one} + {two}", "mul": f"{one} * {two}", "ave": f"({one} + {two}) / 2"}
    return ends if kind.merge is None else [Code(texts[kind.merge])]


def _initial(kind: Recurrent, site: Site) -> Code:
    """The initial states as PyTorch takes them, "" for zeros."""
    given = range(1, len(site.operands))
    if not given:
        return Code("")
    each = [site.arg(which, orders.same(site.operands[which].rank)) for which in given]
    if not kind.stacked:
        count = len(kind.cell.states)
        each = [
            call("torch.stack", Code(f"[{', '.join(each[state::count])}]"))
            for state in range(count)
        ]
    return each[0] if len(each) == 1 else Code(f"({', '.join(each)})")


def _module(kind: Recurrent, site: Site, batch_first: bool) -> Code:
    cell = kind.cell
    features = site.whole(site.source.axes[-1].dim, "the number of features")
    options: dict[str, object] = {}
    if kind.layers > 1:
        options["num_layers"] = kind.layers
    if cell.name == "simple" and cell.activation != "tanh":
        options["nonlinearity"] = cell.activation
    if not cell.bias:
        options["bias"] = False
    if batch_first:
        options["batch_first"] = True
    if kind.dropout and kind.layers > 1:
        options["dropout"] = kind.dropout
    if kind.bidirectional:
        options["bidirectional"] = True
    if cell.projection:
        options["proj_size"] = cell.projection
    made = call(f"nn.{_CLASSES[cell.name]}", features, cell.units, **options)
    if cell.bias and cell.bias_sets == 1:
        made = call(site.helper("one_bias"), made)
    paths = {}
    for layer in range(kind.layers):
        for direction in ("", "_reverse")[: kind.directions]:
            suffix = (f"_{layer}" if layer else "") + direction
            paths.update(_paths(cell, suffix, f"_l{layer}{direction}"))
    return site.module(made, "rnn", paths, _rows(cell, site))


def _paths(cell: Cell, suffix: str, end: str) -> dict[str, str]:
    """Where PyTorch has the weights; both biases in one weight are two there."""
    joined = cell.bias_sets == 2 and cell.joined_bias
    return {
        f"kernel{suffix}": f"weight_ih{end}",
        f"recurrent_kernel{suffix}": f"weight_hh{end}",
        f"bias{suffix}": f"bias_ih{end} bias_hh{end}" if joined else f"bias_ih{end}",
        f"recurrent_bias{suffix}": f"bias_hh{end}",
        f"projection{suffix}": f"weight_hr{end}",
    }


def _loop(kind: Recurrent, site: Site) -> Code:
    """A layer that steps through time in Python, for cells that PyTorch does not have."""
    cell = kind.cell
    if kind.layers > 1 or kind.bidirectional or cell.projection or cell.bias_sets == 2:
        raise RuleError(
            f"several layers or directions of a {cell.name} cell with {cell.activation} and "
            f"{cell.recurrent_activation}: PyTorch has none",
            hint="use the usual activations, or single layers",
        )
    features = site.whole(site.source.axes[-1].dim, "the number of features")
    steps = {"simple": "SimpleStep", "lstm": "LSTMStep", "gru": "GRUStep"}[cell.name]
    options = {"bias": False} if not cell.bias else {}
    step = call(
        site.helper(steps),
        features,
        cell.units,
        function_named(cell.activation),
        *([] if cell.name == "simple" else [function_named(cell.recurrent_activation)]),
        **options,
    )
    if cell.name == "gru" and cell.reset_after:
        raise RuleError("a GRU with these activations that resets after the product")
    paths = {
        "kernel": "step.inside.weight",
        "recurrent_kernel": "step.across.weight",
        "bias": "step.inside.bias",
    }
    return site.module(call(site.helper("Steps"), step), "rnn", paths)


def recurrent_cell(kind: RecurrentCell, site: Site) -> Given | GivenAll:
    """`nn.LSTMCell` and its relatives."""
    cell = kind.cell
    _dropped(cell, site)
    if not _plain(cell) or cell.projection:
        raise RuleError(
            f"a step of a {cell.name} cell with these activations or a projection",
            hint="PyTorch's cells have tanh and sigmoid, and no projection",
        )
    features = site.whole(site.source.axes[-1].dim, "the number of features")
    options: dict[str, object] = {} if cell.bias else {"bias": False}
    if cell.name == "simple" and cell.activation != "tanh":
        options["nonlinearity"] = cell.activation
    made = call(f"nn.{_CLASSES[cell.name]}Cell", features, cell.units, **options)
    if cell.bias and cell.bias_sets == 1:
        made = call(site.helper("one_bias"), made)
    module = site.module(made, "cell", _paths(cell, "", ""), _rows(cell, site))
    given = [
        site.arg(which, orders.same(operand.rank)) for which, operand in enumerate(site.operands)
    ]
    states = Code(f"({', '.join(given[1:])})") if len(given) > 2 else None
    text = call(module, given[0], *([states] if states else given[1:]))
    order = orders.same(site.made.rank)
    if cell.name != "lstm":
        return Given(text, order)
    return GivenAll(site.unpacked(text, "hidden", "cell"), (order, order))


def conv_lstm(kind: ConvLSTM, site: Site) -> Given | GivenAll:
    """A loop over time of two convolutions, for which PyTorch has no module."""
    if kind.input_dropout or kind.state_dropout:
        site.writer.remark("Dropout inside of recurrent cells is left out: PyTorch has none there")
    source = site.source
    space = source.spatial(len(kind.kernel))
    time, channel = source.position(TIME), source.position(CHANNEL)
    order = (0, time, channel, *space)
    pads = paddings(kind._input(), site)
    inside = symmetric(pads)
    text = site.arg(0, order)
    if inside is None:
        text = call("F.pad", text, amounts_of(pads))
    if kind.backwards:
        text = method(text, "flip", 1)
    module = site.module(
        _conv_lstm(kind, site, inside),
        "lstm",
        {"kernel": "inside.weight", "recurrent_kernel": "across.weight", "bias": "inside.bias"},
    )
    state = orders.without(order, [time])
    states = [site.arg(which, state) for which in range(1, len(site.operands))]
    ran = call(module, text, *([Code(f"({', '.join(states)})")] if states else []))
    if kind.returns == ("sequence",):
        return Given(Code(f"{ran}[0]"), order)
    names = dict(
        zip(
            ("sequence", "hidden", "cell"), site.unpacked_states(ran, "(hidden, cell)"), strict=True
        )
    )
    names["last"] = names["hidden"]
    texts = tuple([names[name] for name in kind.returns])
    return GivenAll(texts, tuple([order if one == "sequence" else state for one in kind.returns]))


def _conv_lstm(kind: ConvLSTM, site: Site, inside: tuple[int, ...] | None) -> Code:
    count = len(kind.kernel)
    wide = 4 * kind.filters
    options: dict[str, object] = {}
    if set(kind.stride) != {1}:
        options["stride"] = tuple_or_number(kind.stride)
    if inside is not None and any(inside):
        options["padding"] = tuple_or_number(inside)
    if set(kind.dilation) != {1}:
        options["dilation"] = tuple_or_number(kind.dilation)
    if not kind.bias:
        options["bias"] = False
    kernel = tuple_or_number(kind.kernel)
    channels = site.whole(site.source.dim(CHANNEL), "the number of channels")
    name = f"nn.Conv{literal(count)}d"
    first = call(name, channels, wide, kernel, **options)
    second = call(name, kind.filters, wide, kernel, padding="same", bias=False)
    functions: dict[str, object] = {}
    if kind.activation != "tanh":
        functions["activation"] = function_named(kind.activation)
    if kind.recurrent_activation != "sigmoid":
        functions["gate"] = function_named(kind.recurrent_activation)
    return call(site.helper("ConvLSTM"), first, second, **functions)
