"""What every kind must satisfy, one law per function: AssertionError where one is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields

from convwise.graph.axes import BATCH, DTYPE_BYTES, ROLES, SPATIAL, Axis, Tensor
from convwise.graph.dims import Dim, Expr, evaluate, product, symbol
from convwise.graph.obligations import Must
from convwise.kinds import catalog
from convwise.kinds.contract import CONTRACTION, NO_MACS, SOURCE, UNKNOWN, Kind, Macs, Operands
from convwise.kinds.merged import leaves
from convwise.kinds.windows import Reach, Sample, Slide, Spread, Whole
from tests.contract.arithmetic import value_of

LETTERS = {"time": "T", "depth": "D", "height": "H", "width": "W"}

Law = Callable[[Kind, Operands], None]


def outputs_of(kind: Kind, operands: Operands) -> tuple[Tensor, ...]:
    return kind.outputs(operands, Must())


def parameters_of(kind: Kind, operands: Operands) -> Dim:
    total: Dim = 0
    for weight in kind.weights(operands):
        total = total + product([dim for _, dim in weight.axes])
    return total


def is_a_frozen_record(kind: Kind, operands: Operands) -> None:
    """A kind is a value: hashable, equal to its copy, without a place for more attributes."""
    assert not hasattr(kind, "__dict__")
    copy = type(kind)(**{field.name: getattr(kind, field.name) for field in fields(kind)})
    assert copy == kind
    assert hash(copy) == hash(kind)


def is_in_the_catalog(kind: Kind, operands: Operands) -> None:
    assert catalog.find(kind.name) is type(kind)
    assert kind.summary.endswith(".")
    assert "\n" not in kind.summary


def survives_json(kind: Kind, operands: Operands) -> None:
    text = json.dumps(catalog.encode(kind), allow_nan=False)
    back = catalog.decode(json.loads(text))
    assert back == kind
    assert type(back) is type(kind)
    assert json.dumps(catalog.encode(back)) == text


def outputs_are_tensors(kind: Kind, operands: Operands) -> None:
    """The same each time; axes with roles that exist, once each; sizes positive.

    Only a source may be empty: a weight that nothing uses.
    """
    outputs = outputs_of(kind, operands)
    assert outputs
    assert outputs == outputs_of(kind, operands)
    for output in outputs:
        assert output.known or UNKNOWN in kind.traits
        assert output.dtype in DTYPE_BYTES
        named = [role for role in output.roles if role is not None]
        assert len(set(named)) == len(named), named
        for axis in output.axes:
            _is_an_axis(axis, 0 if SOURCE in kind.traits else 1)


def _is_an_axis(axis: Axis, least: int = 1) -> None:
    assert axis.role is None or axis.role in ROLES
    assert type(axis.dim) is Expr or (type(axis.dim) is int and axis.dim >= least), axis
    if axis.factors:
        assert product([factor.dim for factor in axis.factors]) == axis.dim, axis
        for factor in axis.factors:
            _is_an_axis(factor)


def weights_have_sizes(kind: Kind, operands: Operands) -> None:
    weights = kind.weights(operands)
    assert len({weight.role for weight in weights}) == len(weights)
    for weight in weights:
        assert weight.role
        names = [name for name, _ in weight.axes]
        assert all(names)
        assert len(set(names)) == len(names), names
        assert all(type(dim) is Expr or dim > 0 for _, dim in weight.axes), weight
        assert not (weight.trainable and weight.statistic)


def only_contractions_multiply(kind: Kind, operands: Operands) -> None:
    macs = kind.macs(operands, outputs_of(kind, operands))
    if CONTRACTION in kind.traits:
        assert macs.forward > 0
        assert macs.input_gradient > 0
        assert not macs.shares or len(macs.shares) == len(operands)
        assert not macs.shares or sum(macs.shares) == macs.input_gradient
        assert (macs.weight_gradient > 0) is bool(kind.weights(operands))
    else:
        assert macs == NO_MACS


def grows_with_the_batch(kind: Kind, operands: Operands) -> None:
    """Twice the examples: twice the values and arithmetic, the same weights."""
    if kind.traits & {SOURCE, UNKNOWN}:
        return
    twice = tuple([_doubled(operand) for operand in operands])
    before, after = outputs_of(kind, operands), outputs_of(kind, twice)
    assert [t.elements * 2 for t in before] == [t.elements for t in after]
    once, double = kind.macs(operands, before), kind.macs(twice, after)
    assert [part * 2 for part in _parts(once)] == _parts(double)
    assert kind.elementwise_ops(operands, before) * 2 == kind.elementwise_ops(twice, after)
    assert kind.elementwise_ops(operands, before) >= 0
    assert kind.weights(operands) == kind.weights(twice)


def _parts(macs: Macs) -> list[Dim]:
    return [*macs[:4], *macs.shares]


def _doubled(operand: Tensor) -> Tensor:
    axes = [Axis(a.role, a.dim * 2) if a.role == BATCH else a for a in operand.axes]
    return Tensor(tuple(axes), operand.dtype)


def formulas_say_what_is(kind: Kind, operands: Operands) -> None:
    """Values equal the sizes, parameters and multiply-adds; so does what the text computes."""
    outputs = outputs_of(kind, operands)
    formulas = kind.formulas(operands, outputs)
    expected: dict[str, Dim] = {
        axis.role: axis.dim for axis in outputs[0].axes if axis.role is not None
    }
    expected["parameters"] = parameters_of(kind, operands)
    expected["macs"] = kind.macs(operands, outputs).forward
    for key, formula in formulas.items():
        assert formula.value == expected[key], (key, formula.equation())
        if type(formula.value) is int:
            assert value_of(formula.text()) == formula.value, formula.equation()
    assert ("parameters" in formulas) is bool(kind.weights(operands))
    assert ("macs" in formulas) is (CONTRACTION in kind.traits)
    reach = kind.reach(operands, 0) if operands else {}
    for role in _resized(operands, outputs, reach):
        assert role in formulas, f"{role} changes without a formula"


def _resized(
    operands: Operands, outputs: tuple[Tensor, ...], reach: Mapping[str, Reach]
) -> list[str]:
    """Spatial roles of the first operand whose size the output has changed.

    An axis of size 1 is repeated without a word; one that is mixed up is another axis afterwards.
    """
    before = {axis.role: axis.dim for operand in operands[:1] for axis in operand.axes}
    after = {axis.role: axis.dim for axis in outputs[0].axes}
    mixed = {role for role, rule in reach.items() if rule == Whole(partial=True)}
    shared = [role for role in SPATIAL if role in before and role in after and role not in mixed]
    return [role for role in shared if before[role] != 1 and after[role] != before[role]]


def canonical_is_the_same(kind: Kind, operands: Operands) -> None:
    form = kind.canonical(operands)
    assert form.canonical(operands) == form
    outputs = outputs_of(kind, operands)
    assert outputs_of(form, operands) == outputs
    assert [w.role for w in form.weights(operands)] == [w.role for w in kind.weights(operands)]
    assert parameters_of(form, operands) == parameters_of(kind, operands)
    assert form.macs(operands, outputs) == kind.macs(operands, outputs)
    assert form.elementwise_ops(operands, outputs) == kind.elementwise_ops(operands, outputs)
    assert form.dropped(operands) == kind.dropped(operands)
    for operand in range(len(operands)):
        assert form.reach(operands, operand) == kind.reach(operands, operand)


def keeps_what_exists(kind: Kind, operands: Operands) -> None:
    outputs = outputs_of(kind, operands)
    for kept in kind.kept(operands, outputs):
        assert kept.dtype in DTYPE_BYTES
        match kept.what:
            case "input":
                assert 0 <= kept.which < len(operands)
            case "output":
                assert 0 <= kept.which < len(outputs)
            case "extra":
                assert kept.name
                assert kept.elements > 0
            case _:
                raise AssertionError(f"nothing is kept as {kept.what}")


def reaches_axes_that_exist(kind: Kind, operands: Operands) -> None:
    outputs = outputs_of(kind, operands)
    after = {axis.role: axis.dim for axis in outputs[0].axes if not axis.factors}
    for operand, source in enumerate(operands):
        roles = {leaf.role: leaf.dim for axis in source.axes for leaf in leaves(axis)}
        for role, rule in kind.reach(operands, operand).items():
            assert role in roles
            _reads_pixels(rule, roles[role], after.get(role, 1))


def _reads_pixels(rule: Reach, size: Dim, out: Dim) -> None:
    """Windows have taps; what is spread reaches the last output; samples know both sizes."""
    match rule:
        case Slide(kernel, stride, dilation, before):
            assert min(kernel, stride, dilation) >= 1
            assert type(before) is int
        case Spread(kernel, stride, dilation, before):
            assert min(kernel, stride, dilation) >= 1
            last = (size - 1) * stride - before + (kernel - 1) * dilation
            assert last + stride >= out, "outputs that nothing reaches"
        case Sample(size_in, size_out, support, _):
            assert (size_in, size_out) == (size, out)
            assert support >= 1
        case Whole():
            pass
        case _:
            raise AssertionError(f"{rule} is no reach")


def drops_no_more_than_there_is(kind: Kind, operands: Operands) -> None:
    for role, pixels in kind.dropped(operands).items():
        assert role in SPATIAL
        assert 0 <= pixels < operands[0].dim(role)


def numbers_and_symbols_agree(kind: Kind, operands: Operands) -> None:
    """With symbols for the spatial sizes all answers, at those sizes, are the same.

    Of arithmetic other than multiply-adds an upper bound is enough: a sum over windows of unequal
    width has no closed form. Where the kind pins a symbol down ("only if"), which axis is which
    is told by numbers only.
    """
    named, values = _with_symbols(operands)
    if not values:
        return
    must = Must()
    outputs = kind.outputs(named, must)
    assert all(constraint.holds(values) for constraint in must.constraints)
    numbers = outputs_of(kind, operands)
    assert [_at(t.shape, values) for t in outputs] == [list(t.shape) for t in numbers]
    for one, two in zip(kind.weights(named), kind.weights(operands), strict=True):
        assert _at([dim for _, dim in one.axes], values) == [dim for _, dim in two.axes]
    assert _at(_parts(kind.macs(named, outputs)), values) == _parts(kind.macs(operands, numbers))
    ops = kind.elementwise_ops(named, outputs), kind.elementwise_ops(operands, numbers)
    assert evaluate(ops[0], values) >= ops[1]
    extras = [kept.elements for kept in kind.kept(named, outputs)]
    assert _at(extras, values) == [kept.elements for kept in kind.kept(operands, numbers)]
    lost = kind.dropped(named)
    assert {k: evaluate(v, values) for k, v in lost.items()} == kind.dropped(operands)
    formulas = kind.formulas(named, outputs)
    for key, formula in kind.formulas(operands, numbers).items():
        assert evaluate(formulas[key].value, values) == formula.value
    if all(constraint.relation != "==" for constraint in must.constraints):
        assert [t.roles for t in outputs] == [t.roles for t in numbers]
        for operand in range(len(operands)):
            assert set(kind.reach(named, operand)) >= set(kind.reach(operands, operand))


def _with_symbols(operands: Operands) -> tuple[Operands, dict[str, int]]:
    """Spatial sizes of the first operand as symbols, everywhere they occur; ones stay."""
    values: dict[str, int] = {}
    for axis in operands[0].axes if operands else ():
        if axis.role in LETTERS and type(axis.dim) is int and axis.dim > 1:
            values[LETTERS[axis.role]] = axis.dim
    return tuple([_named(operand, values) for operand in operands]), values


def _named(operand: Tensor, values: dict[str, int]) -> Tensor:
    return Tensor(tuple([_named_axis(axis, values) for axis in operand.axes]), operand.dtype)


def _named_axis(axis: Axis, values: dict[str, int]) -> Axis:
    if axis.factors:
        factors = tuple([_named_axis(factor, values) for factor in axis.factors])
        return Axis(axis.role, product([factor.dim for factor in factors]), factors)
    letter = LETTERS.get(axis.role or "")
    if letter in values and values[letter] == axis.dim:
        return Axis(axis.role, symbol(letter))
    return axis


def _at(dims: Iterable[Dim], values: dict[str, int]) -> list[Dim]:
    return [evaluate(dim, values) for dim in dims]


LAWS: tuple[Law, ...] = (
    is_a_frozen_record,
    is_in_the_catalog,
    survives_json,
    outputs_are_tensors,
    weights_have_sizes,
    only_contractions_multiply,
    grows_with_the_batch,
    formulas_say_what_is,
    canonical_is_the_same,
    keeps_what_exists,
    reaches_axes_that_exist,
    drops_no_more_than_there_is,
    numbers_and_symbols_agree,
)
