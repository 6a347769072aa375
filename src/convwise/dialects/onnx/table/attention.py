"""Attention over heads, and rotations of features by their place."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from convwise.dialects.onnx.op import Built, Op, Source
from convwise.dialects.onnx.table.entry import Entry, NotClear, Plan, broken, tensor
from convwise.graph.axes import describe
from convwise.graph.axes import tensor as made_of
from convwise.graph.dims import Dim
from convwise.kinds.attention import Attention
from convwise.kinds.choose import Where
from convwise.kinds.contract import Kind
from convwise.kinds.gathering import Pick
from convwise.kinds.merge import Concatenate, Merge, Stack
from convwise.kinds.reshape import Reshape
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.source import Constant
from convwise.kinds.triangle import Triangle
from convwise.kinds.unary import Unary
from convwise.kinds.views import Permute, Unsqueeze

#: Inputs: query, key, value, mask, past keys, past values, lengths.
_MASK, _PAST, _LENGTHS = 3, 4, 6
#: The scores that come out are shares, after the softmax.
_SHARES = 3
_HEADS_SECOND = (0, 2, 1, 3)


def _attention(op: Op) -> Built:
    """Of 4 axes with heads second, or of 3 with heads among the features."""
    shown = op.wants(3)
    plan = Plan()
    heads = [_heads(op, place) for place in range(3)]
    _must_be_plain(op, _width(op, 2, heads[2]) * heads[0])
    parts = [_apart(op, plan, place, heads[place]) for place in range(3)]
    past: list[Source | None] = [None, None]
    for place in (1, 2):
        if op.has(_PAST + place - 1):
            parts[place] = plan.add(Concatenate(2), _PAST + place - 1, parts[place])
        past[place - 1] = parts[place]
    _must_mask(op)
    scale = None if op.attributes.get("scale") is None else float(op.number("scale", 1.0))
    left, right = [op.integer(f"{side}_window_size", -1) for side in ("left", "right")]
    causal = bool(op.integer("is_causal", 0))
    masks: tuple[Source, ...] = (_MASK,) if op.has(_MASK) else ()
    if max(left, right) >= 0 or (causal and op.has(_PAST)):
        right = 0 if causal else right
        masks, causal = (_seen(op, plan, left, right, masks),), False
    kind = Attention(causal, scale, grouped=heads[0] != heads[1], returns_weights=shown)
    attended = plan.add(kind, *parts, *masks)
    made: Source = attended
    if tensor(op).rank == 3:
        batch, steps, _ = tensor(op).shape
        width = _width(op, 2, heads[2]) * heads[0]
        turned = plan.add(Permute(_HEADS_SECOND), made)
        joined = Reshape((batch, steps, width), tensor(op).roles, with_batch=True)
        made = plan.add(joined, turned)
    return plan.built(made, *past, attended._replace(output=1) if shown else None)


def _seen(op: Op, plan: Plan, left: int, right: int, masks: tuple[Source, ...]) -> Source:
    """Which keys each query sees: so many before its own place, so many behind; -1 for all.

    Past keys come before the first query's place. Ones of which two triangles are kept.
    """
    behind = _behind(op)
    queries, keys = [_steps(op, place) for place in (0, 1)]
    if type(behind) is not int:
        raise NotClear("Attention behind an open number of past keys")
    kinds: list[Kind] = [Unary("add", (1.0,))]
    if right >= 0:
        kinds.append(Triangle(False, behind + right))
    if left >= 0:
        kinds.append(Triangle(True, behind - left))
    zeros = plan.add(Constant(made_of((queries, keys + behind), (None, None))))
    seen = plan.through(zeros, [*kinds, Unary("greater", (0.5,))])
    if not masks:
        return seen
    if tensor(op, _MASK).dtype == "bool":
        return plan.add(Merge("logical_and", False), masks[0], seen)
    return plan.add(Where(other=-inf), masks[0], seen)


def _behind(op: Op) -> Dim:
    """How many keys come before those of this call."""
    if not op.has(_PAST):
        return 0
    past = tensor(op, _PAST)
    if past.rank != 4:
        raise broken(f"past keys have 4 axes, with heads second, found {describe(past)}")
    return past.shape[-2]


def _steps(op: Op, place: int) -> Dim:
    """How many queries or keys there are."""
    return tensor(op, place).shape[-2]


def _must_be_plain(op: Op, width: Dim) -> None:
    """NotClear for what the kind does not have; what comes out is as wide as all values."""
    source = tensor(op)
    last = tensor(op, 2).shape[-1] if source.rank == 4 else width
    told = source.with_dims({source.rank - 1: last})
    if op.number("softcap", 0.0):
        raise NotClear("Attention with scores that are capped", told)
    if op.wants(3) and op.integer("qk_matmul_output_mode", 0) != _SHARES:
        raise NotClear("Attention that returns its scores", told)
    if op.has(_LENGTHS):
        raise NotClear("Attention over keys of several lengths", told)


def _heads(op: Op, place: int) -> Dim:
    """Heads of the queries, or of keys and values."""
    source = tensor(op, place)
    if source.rank == 4:
        return source.shape[1]
    if source.rank != 3:
        raise broken(f"Attention takes tensors with 3 or 4 axes, found {describe(source)}")
    name = "kv_num_heads" if place else "q_num_heads"
    found = op.integer(name, 0)
    if found < 1:
        raise broken(f"Attention over {describe(source)} needs {name}")
    return found


def _width(op: Op, place: int, heads: Dim) -> Dim:
    """Features of one head."""
    source = tensor(op, place)
    return source.shape[-1] if source.rank == 4 else source.shape[-1] // heads


def _apart(op: Op, plan: Plan, place: int, heads: Dim) -> Source:
    """(batch, steps, heads * features) becomes (batch, heads, steps, features)."""
    source = tensor(op, place)
    if source.rank == 4:
        return place
    batch, steps, _ = source.shape
    shape = (batch, steps, heads, _width(op, place, heads))
    split = Reshape(shape, (*source.roles[:2], None, None), with_batch=True)
    return plan.add(Permute(_HEADS_SECOND), plan.add(split, place))


def _must_mask(op: Op) -> None:
    """NotClear for a mask that is shorter than the keys."""
    if not op.has(_MASK):
        return
    keys = _steps(op, 1) + _behind(op)
    mask = tensor(op, _MASK)
    if not mask.rank or mask.shape[-1] not in (1, keys):
        raise NotClear("Attention with a mask that is shorter than its keys")


class _Turn(NamedTuple):
    """What a rotation turns: the axes, features that turn, and whether pairs are neighbours."""

    steps_first: bool
    heads: Dim
    width: Dim
    turned: int
    interleaved: bool


def _rotary(op: Op) -> Built:
    """Pairs of features are turned by the angle of their place (Su et al., arXiv:2104.09864)."""
    source, turn = tensor(op), _turn(op)
    plan = Plan()
    if turn.steps_first:
        batch, steps, _ = source.shape
        shape = (batch, steps, turn.heads, turn.width)
        split = Reshape(shape, (*source.roles[:2], None, None), with_batch=True)
        x: Source = plan.add(split, 0)
    else:
        x = plan.add(Permute(_HEADS_SECOND), 0)
    waves = [_wave(op, plan, place) for place in (1, 2)]
    made = _turned(plan, x, waves, turn)
    if type(turn.width) is not int or turn.turned < turn.width:
        rest = plan.add(Slice(_last((turn.turned, None, None))), x)
        made = plan.add(Concatenate(3), made, rest)
    if turn.steps_first:
        return plan.built(plan.add(Reshape(source.shape, source.roles, with_batch=True), made))
    return plan.built(plan.add(Permute(_HEADS_SECOND), made))


def _turn(op: Op) -> _Turn:
    source = tensor(op)
    flat = source.rank == 3
    if source.rank not in (3, 4):
        raise broken(f"RotaryEmbedding takes 3 or 4 axes, found {describe(source)}")
    heads: Dim = op.integer("num_heads", 0) if flat else source.shape[1]
    if heads == 0:
        raise broken("RotaryEmbedding of 3 axes needs num_heads")
    width = source.shape[-1] // heads if flat else source.shape[-1]
    turned = op.integer("rotary_embedding_dim", 0) or width
    if type(turned) is not int or turned % 2:
        raise NotClear("RotaryEmbedding of an open or odd number of features")
    return _Turn(flat, heads, width, turned, bool(op.integer("interleaved", 0)))


def _wave(op: Op, plan: Plan, place: int) -> Source:
    """Cosines or sines of every place, the same for all heads: (batch, steps, 1, half)."""
    rows: Source = plan.add(Pick((0,)), place, 3) if op.has(3) else place
    return plan.add(Unsqueeze(2), rows)


def _last(cut: Cut) -> tuple[Cut, ...]:
    """A cut along the last of four axes."""
    whole: Cut = (None, None, None)
    return (whole, whole, whole, cut)


def _turned(plan: Plan, x: Source, waves: list[Source], turn: _Turn) -> Source:
    """cos a - sin b and sin a + cos b, for both features a and b of each pair."""
    half, end = turn.turned // 2, turn.turned
    cuts: tuple[Cut, Cut] = ((0, half, None), (half, end, None))
    if turn.interleaved:
        cuts = ((0, end, 2), (1, end, 2))
    a, b = [plan.add(Slice(_last(cut)), x) for cut in cuts]
    cos, sin = waves

    def product(one: Source, two: Source) -> Source:
        return plan.add(Merge("multiply", False), one, two)

    real = plan.add(Merge("subtract", False), product(cos, a), product(sin, b))
    other = plan.add(Merge("add", False), product(sin, a), product(cos, b))
    if not turn.interleaved:
        return plan.add(Concatenate(3), real, other)
    from_pairs = plan.add(Stack(4), real, other)
    return plan.add(Reshape((-1, turn.heads, turn.turned), with_batch=False), from_pairs)


ENTRIES = (Entry("Attention", _attention), Entry("RotaryEmbedding", _rotary))
