"""Activation functions: ONNX's names and numbers for the functions of the kinds."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from convwise.dialects.onnx.op import Built, Held, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    chain,
    is_weight,
    one,
    plain,
    position,
    tensor,
)
from convwise.kinds.activation import FUNCTIONS, Activation, Numbers, PReLU
from convwise.kinds.element_types import is_float
from convwise.kinds.given_weights import GivenPReLU
from convwise.kinds.merge import Merge
from convwise.kinds.softmax import Softmax
from convwise.kinds.unary import Unary

_BARE = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "HardSwish": "hard_silu",
    "Mish": "mish",
}
#: The numbers of a SELU: Klambauer et al. (arXiv:1706.02515), as 32 bits hold them.
_SELU_ALPHA, _SELU_SCALE = 1.67326319217681884765625, 1.05070102214813232421875
#: How far a number may be from a kind's own to be that one: less than 32 bits tell.
_CLOSE = 1e-6


def _bare(name: str, function: str) -> Entry:
    built = chain(Activation(function))
    return Entry(name, lambda op: built)


def _numbered(name: str, function: str, numbers: Callable[[Op], Numbers]) -> Entry:
    return Entry(name, lambda op: chain(Activation(function, numbers(op))))


def own(function: str, name: str, value: float) -> float:
    """The kind's usual number where the file's is the same in 32 bits: 1/6, not 0.16666667."""
    usual = dict(FUNCTIONS[function].defaults)[name]
    same = usual is not None and abs(value - usual) <= _CLOSE * abs(usual)
    return usual if same and usual is not None else value


def _hard_sigmoid(op: Op) -> Numbers:
    slope = own("hard_sigmoid", "slope", op.number("alpha", 0.2))
    return (("slope", slope), ("offset", op.number("beta", 0.5)))


def _alpha(name: str, default: float) -> Callable[[Op], Numbers]:
    return lambda op: ((name, float(op.number("alpha", default))),)


def _gelu(op: Op) -> Numbers:
    word = op.text("approximate", "none")
    if word not in ("none", "tanh"):
        raise broken(f'approximate="{word}" of Gelu is neither "none" nor "tanh"')
    return (("approximate", word == "tanh"),)


def _selu(op: Op) -> Built:
    alpha, scale = op.number("alpha", _SELU_ALPHA), op.number("gamma", _SELU_SCALE)
    if abs(alpha - _SELU_ALPHA) < _CLOSE and abs(scale - _SELU_SCALE) < _CLOSE:
        return chain(Activation("selu"))
    return chain(Activation("elu", (("alpha", float(alpha)),)), Unary("scale", (float(scale),)))


def _shrink(op: Op) -> Built:
    """Values near zero become zero, others move towards it by a bias."""
    edge, bias = float(op.number("lambd", 0.5)), float(op.number("bias", 0.0))
    if bias in (0.0, edge) and edge >= 0:
        word = "soft_shrink" if bias else "hard_shrink"
        return chain(Activation(word, (("threshold", edge),)))
    raise NotClear(f"Shrink that moves values by {bias} beyond {edge}")


def _swish(op: Op) -> Built:
    plan = Plan()
    return plan.built(_swished(op, plan))


def _swiglu(op: Op) -> Built:
    """One tensor as the gate of another."""
    plan = Plan()
    return plan.built(plan.add(Merge("multiply", False), _swished(op, plan), 1))


def _swished(op: Op, plan: Plan) -> Source:
    """x times the sigmoid of alpha x."""
    alpha = float(op.number("alpha", 1.0))
    if alpha == 1.0:
        return plan.add(Activation("silu"), 0)
    gate = plan.through(0, [Unary("scale", (alpha,)), Activation("sigmoid")])
    return plan.add(Merge("multiply", False), 0, gate)


def _prelu(op: Op) -> Built:
    """Slopes that are repeated to the input's axes, matched from the last."""
    source, slopes = tensor(op), tensor(op, 1)
    number = None if is_weight(op, 1) else plain(op.input(1).scalar)
    if number is not None and slopes.rank <= source.rank:
        return chain(Activation("leaky_relu", (("slope", float(number)),)))
    missing = source.rank - slopes.rank
    if missing < 0:
        raise broken("PRelu has slopes of more axes than its input")
    shape = (*(1,) * missing, *slopes.shape)
    fits = all(one in (1, two) for one, two in zip(shape, source.shape, strict=True))
    shared = tuple([place for place, size in enumerate(shape) if size == 1])
    own_axes = [place for place in range(source.rank) if place not in shared]
    if fits and is_weight(op, 1) and 0 not in own_axes:
        return one(PReLU(shared, compact=True), 0, weights={"alpha": Held(1)})
    if fits and own_axes == [1] and slopes.rank == 1:
        return one(GivenPReLU(), 0, 1)
    plan = Plan()
    above = plan.add(Unary("maximum", (0.0,)), 0)
    below = plan.add(Merge("multiply", False), plan.add(Unary("minimum", (0.0,)), 0), 1)
    return plan.built(plan.add(Merge("add", False), above, below))


def _softmax(*, log: bool) -> Callable[[Op], Built]:
    def make(op: Op) -> Built:
        """Over one axis; before version 13 over all axes from it on, laid out as one."""
        rank = tensor(op).rank
        if op.version >= 13:
            axis = position(op, op.integer("axis", -1), rank)
            return chain(Softmax((axis,), log))
        first = op.integer("axis", 1)
        first = rank if first == rank else position(op, first, rank)
        if first == rank:
            raise NotClear(f"{op.name} over no axis")
        return chain(Softmax(tuple(range(first, rank)), log))

    return make


def _clip(op: Op) -> Built:
    """Bounds are attributes before version 11, inputs since; bounds of 0 and 6 are a ReLU6."""
    if op.version < 11:
        low, high = op.number("min", -inf), op.number("max", inf)
        return chain(*_clipped(op, _bound(low, -inf), _bound(high, inf)))
    bounds = [plain(op.input(place).scalar) if op.has(place) else None for place in (1, 2)]
    if all(
        bound is not None or not op.has(place) for place, bound in zip((1, 2), bounds, strict=True)
    ):
        low, high = [inf if bound is None else bound for bound in bounds]
        return chain(*_clipped(op, _bound(low, inf), _bound(high, inf)))
    plan = Plan()
    made: Source = 0
    for place, word in ((1, "maximum"), (2, "minimum")):
        made = plan.add(Merge(word, False), made, place) if op.has(place) else made
    return plan.built(made)


#: The largest number of 32 bits, with which some write that there is no bound.
_LARGEST = 3.4028234e38


def _bound(value: float, none: float) -> float | None:
    return None if value == none or abs(value) >= _LARGEST else value


def _clipped(op: Op, low: float | None, high: float | None) -> list[Unary | Activation]:
    if low is not None and high is not None:
        six = (low, high) == (0, 6) and is_float(tensor(op).dtype)
        return [Activation("relu6") if six else Unary("clip", (low, high))]
    if low is not None:
        return [Unary("maximum", (low,))]
    return [Unary("minimum", (high,))] if high is not None else []


ENTRIES = (
    *[_bare(name, function) for name, function in _BARE.items()],
    _numbered("LeakyRelu", "leaky_relu", _alpha("slope", 0.01)),
    _numbered("Elu", "elu", _alpha("alpha", 1.0)),
    _numbered("Celu", "celu", _alpha("alpha", 1.0)),
    _numbered("HardSigmoid", "hard_sigmoid", _hard_sigmoid),
    _numbered("Gelu", "gelu", _gelu),
    _numbered("ThresholdedRelu", "threshold", _alpha("threshold", 1.0)),
    Entry("Selu", _selu),
    Entry("Shrink", _shrink),
    Entry("Swish", _swish),
    Entry("SwiGLU", _swiglu),
    Entry("PRelu", _prelu),
    Entry("Clip", _clip),
    Entry("Softmax", _softmax(log=False)),
    Entry("LogSoftmax", _softmax(log=True)),
)
