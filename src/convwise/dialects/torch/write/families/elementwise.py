"""Arithmetic on single values in PyTorch; preprocessing by constants."""

from __future__ import annotations

from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import DTYPE_BYTES
from convwise.kinds.preprocessing import Normalization, Rescaling
from convwise.kinds.unary import Cast, Unary

_FUNCTIONS = (
    "abs square sqrt rsqrt exp exp2 expm1 log log1p log2 log10 sin cos tan arcsin arccos arctan "
    "sinh cosh arcsinh arccosh arctanh erf erfc erfinv lgamma digamma sinc logit sign floor ceil "
    "round reciprocal logical_not bitwise_not isnan isinf isfinite"
)
_OTHER_NAMES = {"truncate": "trunc", "fraction": "frac"}
_METHODS = {**{name: name for name in _FUNCTIONS.split()}, **_OTHER_NAMES}

#: The value and its constants.
_TEXTS = {
    "negative": "-{0}",
    "add": "{0} + {1}",
    "scale": "{0} * {1}",
    "power": "{0} ** {1}",
    "exponential": "{1} ** {0}",
    "maximum": "{0}.clamp(min={1})",
    "minimum": "{0}.clamp(max={1})",
    "clip": "{0}.clamp({1}, {2})",
    "modulo": "{0} % {1}",
    "floor_divide": "{0} // {1}",
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
}


def unary(kind: Unary, site: Site) -> Given:
    """One function of every value."""
    order = site.order()
    constants = [literal(value) for value in kind.constants]
    if kind.function in _METHODS:
        return Given(call(f"torch.{_METHODS[kind.function]}", site.arg(inline=True)), order)
    inside = bracketed(site.arg(inline=True))
    if kind.function not in _TEXTS:
        raise RuleError(f"the function {kind.function} is not written as PyTorch code")
    shown = [f"({text})" if text.startswith("-") else text for text in constants]
    text = _TEXTS[kind.function].format(inside, *shown)
    return Given(Code(text), order)


def cast(kind: Cast, site: Site) -> Given:
    return Given(method(site.arg(), "to", element_type(kind.dtype)), site.order())


def element_type(name: str) -> Code:
    """`torch.int64` for int64."""
    if name not in DTYPE_BYTES:
        raise RuleError(f"PyTorch has no element type {name}")
    return Code(f"torch.{name}")


def rescaling(kind: Rescaling, site: Site) -> Given:
    """Times a scale plus an offset, each one number or one per place of the last axis."""
    text = bracketed(site.arg())
    if kind.scale != 1:
        text = Code(f"{text} * {_numbers(kind.scale, site, 'scale')}")
    if kind.offset == 0:
        return Given(text, site.order())
    offset = _numbers(kind.offset, site, "offset")
    if offset.startswith("-"):
        return Given(Code(f"{text} - {offset[1:]}"), site.order())
    return Given(Code(f"{text} + {offset}"), site.order())


def _numbers(value: float | tuple[float, ...], site: Site, hint: str) -> Code:
    if not isinstance(value, tuple):
        return literal(value)
    order = site.order()
    last = len(order) - 1
    shape = [-1, *[1] * (last - order.index(last))]
    made = method(call("torch.tensor", list(value)), "reshape", *shape)
    return site.writer.modules.constant(site.node, made, hint)


def normalization(kind: Normalization, site: Site) -> Given:
    """Minus the mean, divided by the deviation, which come from data: buffers to be filled."""
    source, order = site.source, site.order()
    places = {source.locate(ref) for ref in kind.axes}
    kept = [axis if axis in places else None for axis in order]
    while kept and kept[0] is None:
        kept.pop(0)
    shape = [
        1 if axis is None else site.whole(source.axes[axis].dim, "a statistic's size")
        for axis in kept
    ]
    remark = "of the data: fill in its values"
    size = tuple(shape)
    turned = tuple([sorted(places).index(axis) for axis in kept if axis is not None])
    mean = _statistic(site, "mean", call("torch.zeros", size), remark, turned)
    variance = _statistic(site, "variance", call("torch.ones", size), remark, turned)
    if kind.adapted:
        _statistic(site, "count", call("torch.zeros", (), dtype=Code("torch.int64")), remark)
    text = bracketed(site.arg())
    deviation = f"{variance}.sqrt().clamp(min=1e-07)"
    if kind.invert:
        return Given(Code(f"{text} * {deviation} + {mean}"), order)
    return Given(Code(f"({text} - {mean}) / {deviation}"), order)


def _statistic(
    site: Site, role: str, start: Code, remark: str, order: tuple[int, ...] = ()
) -> Code:
    """A buffer of one statistic, a weight of the graph when it is adapted; its axes as written."""
    roles = {spec.role: place for place, spec in enumerate(site.specs())}
    modules = site.writer.modules
    if role not in roles:
        return modules.constant(site.node, start, role, remark)
    place = roles[role]
    axes = tuple([site.specs()[place].axes[one] for one in order] if order else ())
    return modules.value(site.node, start, site.node.weights[place], axes, role, remark)
