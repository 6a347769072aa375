"""Keras's Bidirectional and TimeDistributed, which run the layer they are given in another way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard, final

from convwise.dialects.keras.blocks import Arguments, Block, as_block, flat, symbol_of
from convwise.dialects.keras.layers import LayerObject, UnknownLayer
from convwise.dialects.keras.recurrences import enough, for_sequence
from convwise.dialects.keras.recurring import Run, run_by
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.wrapping import Wrapper, must_be_known, wrapped
from convwise.dialects.python.values import At, Unknown
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import Axis
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context
    from convwise.dialects.keras.recurring import Running

#: Layers of the table that do the same at every position: they need no step to be looked at alone.
_EVERYWHERE = frozenset(("Dense", "Activation", "ReLU", "Dropout", "Identity"))


@final
class Bidirectional(Wrapper):
    """A recurrent layer run in both directions."""

    def __init__(
        self,
        context: Context,
        class_name: str,
        runs: tuple[Run, Run],
        layers: list[Block],
        merge: str | None,
        kwargs: Arguments,
        at: At,
    ) -> None:
        super().__init__(context, class_name, layers, kwargs, at)
        self.runs = runs
        self.merge = merge

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        self.context.recording.begin_turn(self.own_row())
        try:
            fed = [symbol_of(one, self, at) for one in for_sequence(inputs, rest, kwargs)]
            made = self._run(fed, at)
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=self.context.path(self.name)) from None
        states = len(self.runs[0].kind.returns) - 1
        count = (1 if self.merge is not None else 2) + 2 * states
        return made[0] if count == 1 else enough(made, count)

    def _run(self, fed: list[Symbol], at: At) -> list[Any]:
        """One operation where both directions are alike, else one for each and what joins them."""
        from convwise.kinds.recurrent import Recurrent
        from convwise.kinds.rolling import Flip

        (forward, roles), (backward, _) = self.runs
        alike = replace(backward, backwards=forward.backwards) == forward
        if isinstance(forward, Recurrent) and alike:
            kind = replace(forward, bidirectional=True, merge=self.merge, backwards=False)
            return self.add(kind, fed, [roles], "", at)
        half = (len(fed) - 1) // 2
        one = self.add(forward, fed[: 1 + half], [roles], "forward", at)
        two = self.add(backward, [fed[0], *fed[1 + half :]], [roles], "backward", at)
        ends = [one[0], two[0]]
        if backward.returns[0] == "sequence":
            # What was read from the end comes out in the order of the input.
            ends[1] = self.add(Flip((1,)), ends[1:], [None], "turn", at)[0]
        if self.merge is not None:
            ends = self.add(_joining(self.merge), ends, [], "merge", at)
        return [*ends, *one[1:], *two[1:]]


def _joining(merge: str) -> Kind:
    from convwise.kinds.merge import Concatenate, Merge

    if merge == "concat":
        return Concatenate(-1)
    return Merge({"sum": "add", "mul": "multiply", "ave": "average"}[merge])


@final
class TimeDistributed(Wrapper):
    """One layer for every step of a sequence: each step is an example of its own to it."""

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        recording = self.context.recording
        recording.begin_turn(self.own_row())
        try:
            source = symbol_of(inputs, self, at)
            return self._run(source, at)
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=self.context.path(self.name)) from None

    def _run(self, source: Symbol, at: At) -> object:
        from convwise.kinds.folded_time import BatchToTime, TimeToBatch

        inner = self.inner[0]
        if source.known and source.rank < 3:
            raise RuleError(
                f"TimeDistributed needs at least 3 axes, the batch included; "
                f"{source.shown()} has {source.rank}",
                hint="the input's axes are (batch, time, ...)",
            )
        if _is_plain(inner) and inner.entry.name in _EVERYWHERE:
            return inner.given(inner.values(source, at, self.own_row()))
        roles = self._roles(inner, source)
        folded = self.add(TimeToBatch(), [source], [roles], "fold", at)[0]
        made = self._inside(inner, folded, at)
        if not all(type(one) is Symbol and one.known for one in flat(made)):
            return made
        role = roles[1] if roles is not None else None
        steps = BatchToTime(Axis(role, source.tensor.axes[1].dim))
        back = [self.add(steps, [one], [], "unfold", at)[0] for one in flat(made)]  # type: ignore[list-item]
        return back[0] if isinstance(made, Symbol) else back

    def _inside(self, inner: Block, folded: Symbol, at: At) -> object:
        """The inner layer on all steps: in the own row, a model with rows of its own."""
        if _is_plain(inner):
            return inner.given(inner.values(folded, at, self.own_row()))
        recording = self.context.recording
        outer, recording.scope = recording.scope, (*recording.scope, self.name)
        try:
            return inner.apply(folded, [], {}, at)
        finally:
            recording.scope = outer

    def _roles(self, inner: Block, source: Symbol) -> Roles | None:
        """The roles of the input's axes: those the inner layer gives a step, and one for time."""
        if not source.known:
            return None
        steps = self._steps(inner, source.rank - 1)
        time = "time" if "time" not in steps else "depth"
        return (steps[0], time, *steps[1:])

    def _steps(self, inner: Block, rank: int) -> Roles:
        from convwise.dialects.keras.functional import Functional
        from convwise.dialects.keras.table.views import guess

        found: Roles | None = None
        if isinstance(inner, LayerObject) and not inner.entry.needs_input and not inner.entry.many:
            parts = inner.entry.parts(inner.arguments, ())
            found = parts[0].views[0] if parts and parts[0].views else None
        elif isinstance(inner, Functional):
            found = inner.inputs[0].tensor.roles
        if found is None or len(found) != rank or ("depth" in found and "time" in found):
            return guess(rank, self.context.recording.data_format)
        return found


def _is_plain(block: Block) -> TypeGuard[LayerObject]:
    """Whether it is a layer of the table whose `call` no class of the file replaces."""
    return isinstance(block, LayerObject) and block.instance is None


def new_bidirectional(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`Bidirectional(layer, merge_mode="concat", backward_layer=None)`."""
    layer = wrapped(args, kwargs, "Bidirectional", "LSTM(64)")
    names = ("layer", "merge_mode", "weights", "backward_layer")
    must_be_known(class_name, kwargs, names)
    if type(layer) is Unknown:
        return _around(layer, context, class_name, kwargs, at)
    given = dict(zip(names, args, strict=False))
    merge = given.get("merge_mode", kwargs.get("merge_mode", "concat"))
    if merge not in ("concat", "sum", "mul", "ave", None):
        raise RuleError(
            f"merge_mode must be 'concat', 'sum', 'mul', 'ave' or None, found {merge!r:.40}",
            line=at.line,
            hint="merge_mode says how the outputs of both directions are joined",
        )
    other = as_block(given.get("backward_layer", kwargs.get("backward_layer")))
    forward = run_by(layer)
    backward = forward if other is None else run_by(other)
    if forward is None or backward is None:
        title = f"Bidirectional around {layer.class_name}"
        return UnknownLayer(context, class_name, kwargs.get("name"), at.line, title, kwargs)
    layers = [layer]
    if other is not None:
        _must_agree(forward.kind, backward.kind, at)
        layers.append(other)
    else:
        turned = replace(forward.kind, backwards=not forward.kind.backwards)
        backward = Run(turned, forward.roles)
    return Bidirectional(context, class_name, (forward, backward), layers, merge, kwargs, at)


def _must_agree(forward: Running, backward: Running, at: At) -> None:
    if forward.backwards == backward.backwards:
        raise RuleError(
            "both layers of Bidirectional run in the same direction",
            line=at.line,
            hint="give the backward layer go_backwards=True",
        )
    if forward.returns != backward.returns:
        raise RuleError(
            "the layers of Bidirectional differ in return_sequences or return_state",
            line=at.line,
            hint="give both the same ones",
        )


def new_time_distributed(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`TimeDistributed(layer)`."""
    layer = wrapped(args, kwargs, "TimeDistributed", "Dense(10)")
    must_be_known(class_name, kwargs, ("layer",))
    if type(layer) is Unknown:
        return _around(layer, context, class_name, kwargs, at)
    made = TimeDistributed(context, class_name, [layer], kwargs, at)
    made.owned_by(layer)
    return made


def _around(
    what: Unknown, context: Context, class_name: str, kwargs: Arguments, at: At
) -> UnknownLayer:
    """A wrapper of something that is not known."""
    title = f"{class_name} around {what.what}"
    return UnknownLayer(context, class_name, kwargs.get("name"), at.line, title, kwargs)
