"""Keras's RNN: cells of the table, alone or on top of each other, run over a sequence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, final

from convwise.dialects.keras.blocks import Arguments, Block, as_block, flat, symbol_of
from convwise.dialects.keras.layers import LayerObject, UnknownLayer
from convwise.dialects.keras.recurrences import enough, for_sequence
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.wrapping import Wrapper, must_be_known
from convwise.dialects.python.values import At
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.builder import Roles

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context
    from convwise.kinds.conv_recurrent import ConvLSTM
    from convwise.kinds.recurrent import Recurrent

    Running = Recurrent | ConvLSTM

_QUIET = ("stateful", "unroll", "zero_output_for_mask", "implementation")


class Run(NamedTuple):
    """A recurrent operation and the roles it gives its input's axes."""

    kind: Running
    roles: Roles | None


@final
class Recurring(Wrapper):
    """keras.layers.RNN: one cell, or several on top of each other, run over a sequence."""

    def __init__(
        self,
        context: Context,
        class_name: str,
        kinds: list[Recurrent],
        cells: list[Block],
        kwargs: Arguments,
        at: At,
    ) -> None:
        super().__init__(context, class_name, cells, kwargs, at)
        self.kinds = kinds

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        self.context.recording.begin_turn(self.own_row())
        try:
            fed = [symbol_of(one, self, at) for one in for_sequence(inputs, rest, kwargs)]
            return self._run(fed, at)
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=self.context.path(self.name)) from None

    def _run(self, fed: list[Symbol], at: At) -> object:
        from convwise.dialects.keras.table.recurrent import SEQUENCE

        flowing, given = fed[0], fed[1:]
        states: list[Any] = []
        for index, kind in enumerate(self.kinds):
            count = len(kind.cell.states) if given else 0
            start, given = given[:count], given[count:]
            part = f"cell_{index}" if len(self.kinds) > 1 else ""
            made = self.add(kind, [flowing, *start], [SEQUENCE], part, at)
            flowing = made[0]
            made = enough(made, len(kind.returns))
            states.append(made[1:] if len(made) > 2 else made[-1])
        if len(self.kinds[-1].returns) == 1:
            return flowing
        return [flowing, *(states if len(self.kinds) > 1 else made[1:])]


@final
class Stack(Block):
    """keras.layers.StackedRNNCells: cells that are run on top of each other."""

    def __init__(
        self, context: Context, class_name: str, cells: list[Block], kwargs: Arguments, at: At
    ) -> None:
        super().__init__(context, class_name, kwargs.get("name"), at.line)
        self.cells = cells

    def children(self) -> Iterable[Block]:
        return self.cells

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        raise RuleError(
            "StackedRNNCells is called by itself, which is not read here",
            line=at.line,
            hint="run it over a sequence: RNN(StackedRNNCells([...]))(x)",
        )


def run_by(layer: Block) -> Run | None:
    """What a recurrent layer runs over a sequence, as one operation; None when it is not known."""
    from convwise.dialects.keras.table.recurrent import SEQUENCE
    from convwise.kinds.conv_recurrent import ConvLSTM
    from convwise.kinds.recurrent import Recurrent

    if isinstance(layer, Recurring) and len(layer.kinds) == 1:
        return Run(layer.kinds[0], SEQUENCE)
    if isinstance(layer, LayerObject) and layer.instance is None:
        parts = layer.entry.parts(layer.arguments, ()) if layer.entry.gives is not None else ()
        if len(parts) == 1 and isinstance(parts[0].kind, (Recurrent, ConvLSTM)):
            return Run(parts[0].kind, parts[0].views[0])
    return None


def new_stack(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`StackedRNNCells(cells)`."""
    cells = [as_block(one) for one in flat(args[0] if args else kwargs.get("cells"))]
    known = [one for one in cells if one is not None]
    if len(known) < len(cells) or not cells:
        return UnknownLayer(context, class_name, kwargs.get("name"), at.line, class_name, kwargs)
    return Stack(context, class_name, known, kwargs, at)


def new_rnn(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`RNN(cell, return_sequences, return_state, go_backwards)`; the cell may be a list of them."""
    from convwise.dialects.keras.table.recurrent import run_of
    from convwise.kinds.recurrent_step import RecurrentCell

    names = ("cell", "return_sequences", "return_state", "go_backwards")
    must_be_known(class_name, kwargs, (*names, *_QUIET))
    given = {**kwargs, **dict(zip(names, args, strict=False))}
    blocks = [as_block(one) for one in flat(given.get("cell"))]
    if len(blocks) == 1 and isinstance(blocks[0], Stack):
        blocks = list(blocks[0].cells)
    run = {name: bool(given.get(name, False)) for name in names[1:]}
    kinds, cells = [], []
    for index, block in enumerate(blocks):
        kind = None
        if isinstance(block, LayerObject) and block.instance is None:
            kind = block.entry.parts(block.arguments, ())[0].kind if block.entry.gives else None
        if not isinstance(kind, RecurrentCell) or block is None:
            title = f"RNN of {block.class_name}" if block is not None else "RNN of an unknown cell"
            return UnknownLayer(context, class_name, kwargs.get("name"), at.line, title, kwargs)
        sequences = run["return_sequences"] or index + 1 < len(blocks)
        # The cells go through the steps together: only the first one meets them from the end.
        turned = run["go_backwards"] and index == 0
        given_run = {**run, "return_sequences": sequences, "go_backwards": turned}
        kinds.append(run_of(kind.cell, given_run))
        cells.append(block)
    made = Recurring(context, class_name, kinds, cells, kwargs, at)
    if len(cells) == 1:
        made.owned_by(cells[0])
    return made
