"""Activations and softmax in PyTorch."""

from __future__ import annotations

from collections.abc import Callable

from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, bracketed, call, literal
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.activation import GLU, Activation, PReLU
from convwise.kinds.softmax import Softmax

_PLAIN = {
    "relu6": "F.relu6",
    "selu": "F.selu",
    "sigmoid": "torch.sigmoid",
    "log_sigmoid": "F.logsigmoid",
    "silu": "F.silu",
    "hard_silu": "F.hardswish",
    "mish": "F.mish",
    "tanh": "torch.tanh",
    "tanh_shrink": "F.tanhshrink",
    "softsign": "F.softsign",
    "exponential": "torch.exp",
}

#: Functions that take their numbers one to one: PyTorch's name of the function and of each number.
_NUMBERED = {
    "leaky_relu": ("F.leaky_relu", {"slope": "negative_slope"}),
    "elu": ("F.elu", {"alpha": "alpha"}),
    "celu": ("F.celu", {"alpha": "alpha"}),
    "hard_tanh": ("F.hardtanh", {"min_value": "min_val", "max_value": "max_val"}),
    "softplus": ("F.softplus", {"beta": "beta"}),
    "soft_shrink": ("F.softshrink", {"threshold": "lambd"}),
    "hard_shrink": ("F.hardshrink", {"threshold": "lambd"}),
}

Numbers = dict[str, float | None]


def activation(kind: Activation, site: Site) -> Given:
    """A function of every value: any order of axes will do."""
    order = site.order()
    function = kind.function
    if function == "linear":
        return Given(site.passed(), order)
    numbers: Numbers = dict(kind.resolved())
    if function in _PLAIN:
        return Given(call(_PLAIN[function], site.arg(inline=True)), order)
    if function in _NUMBERED:
        name, words = _NUMBERED[function]
        options = {words[key]: value for key, value in kind.parameters if key in words}
        return Given(call(name, site.arg(inline=True), **options), order)
    return Given(_OWN[function](numbers, site), order)


def _relu(numbers: Numbers, site: Site) -> Code:
    slope, top, threshold = numbers["slope"], numbers["max_value"], numbers["threshold"]
    if threshold:
        name = site.helper("general_relu")
        return call(name, site.arg(), slope=slope, max_value=top, threshold=threshold)
    if top is None:
        if not slope:
            return call("F.relu", site.arg(inline=True))
        return call("F.leaky_relu", site.arg(inline=True), slope)
    if slope:
        name = site.helper("general_relu")
        return call(name, site.arg(), slope=slope, max_value=top, threshold=threshold)
    if top == 6:
        return call("F.relu6", site.arg(inline=True))
    return call("torch.clamp", site.arg(inline=True), 0, top)


def _gelu(numbers: Numbers, site: Site) -> Code:
    options = {"approximate": "tanh"} if numbers["approximate"] else {}
    return call("F.gelu", site.arg(inline=True), **options)


def _hard_sigmoid(numbers: Numbers, site: Site) -> Code:
    slope, offset = numbers["slope"], numbers["offset"]
    if slope == 1 / 6 and offset == 0.5:
        return call("F.hardsigmoid", site.arg(inline=True))
    inside = f"{literal(slope)} * {bracketed(site.arg())} + {literal(offset)}"
    return call("torch.clamp", Code(inside), 0, 1)


def _sparse_sigmoid(numbers: Numbers, site: Site) -> Code:
    return call("torch.clamp", Code(f"0.5 * {bracketed(site.arg())} + 0.5"), 0, 1)


def _threshold(numbers: Numbers, site: Site) -> Code:
    return call("F.threshold", site.arg(), numbers["threshold"], numbers["value"])


def _squareplus(numbers: Numbers, site: Site) -> Code:
    name = site.named()
    return Code(f"({name} + torch.sqrt({name} * {name} + {literal(numbers['b'])})) / 2")


def _sparse_plus(numbers: Numbers, site: Site) -> Code:
    return call(site.helper("sparse_plus"), site.arg())


_OWN: dict[str, Callable[[Numbers, Site], Code]] = {
    "relu": _relu,
    "gelu": _gelu,
    "hard_sigmoid": _hard_sigmoid,
    "sparse_sigmoid": _sparse_sigmoid,
    "threshold": _threshold,
    "squareplus": _squareplus,
    "sparse_plus": _sparse_plus,
}


def glu(kind: GLU, site: Site) -> Given:
    return Given(call("F.glu", site.arg(), dim=site.place(kind.axis)), site.order())


def prelu(kind: PReLU, site: Site) -> Given:
    """`nn.PReLU` with a slope per channel, or the same written out for slopes of more axes."""
    source = site.source
    order = site.order()
    shared = {source.locate(ref) for ref in kind.shared}
    own = [place for place, axis in enumerate(source.axes) if axis.role != BATCH]
    sizes = {place: 1 if place in shared else source.axes[place].dim for place in own}
    wide = [place for place in own if sizes[place] != 1]
    if not wide or (len(wide) == 1 and order.index(wide[0]) == 1):
        count = site.whole(sizes[wide[0]], "the number of slopes") if wide else 1
        options = {"num_parameters": count} if count != 1 else {}
        module = site.module(call("nn.PReLU", **options), "prelu", {"alpha": "weight"})
        return Given(call(module, site.arg(inline=True)), order)
    kept = [place for place in order if place in sizes]
    shape = tuple([site.whole(sizes[place], "the size of the slopes") for place in kept])
    (spec,) = site.specs()
    held = [place for place in own if not (kind.compact and place in shared)]
    names = dict(zip(held, spec.axes, strict=True))
    axes = tuple([names[place] for place in kept if place in names])
    slope = 0.0 if site.dialect == "keras" else 0.25
    start = call("nn.Parameter", call("torch.full", shape, slope))
    slopes = site.writer.modules.value(site.node, start, site.node.weights[0], axes, "alpha")
    name = site.named()
    return Given(Code(f"torch.where({name} >= 0, {name}, {slopes} * {name})"), order)


def softmax(kind: Softmax, site: Site) -> Given:
    """`F.softmax` along one axis; several axes are merged for it."""
    order = site.order()
    places = tuple(sorted([site.place(ref) for ref in kind.axes]))
    if kind.sparse:
        return Given(call(site.helper("sparsemax"), site.arg(), dim=places[0]), order)
    if len(places) > 1:
        name = site.helper("softmax_over")
        options = {"log": True} if kind.log else {}
        return Given(call(name, site.arg(), places, **options), order)
    function = "F.log_softmax" if kind.log else "F.softmax"
    at_end = order[places[0]] == len(order) - 1 and places[0] == len(order) - 1
    channel = site.source.axes[order[places[0]]].role == CHANNEL
    place = -1 if at_end and not (channel and len(order) > 2) else places[0]
    return Given(call(function, site.arg(inline=True), dim=place), order)


def function_named(name: str) -> Code:
    """A function as a value, for modules that take one: `torch.tanh`."""
    known = {**_PLAIN, "relu": "F.relu", "gelu": "F.gelu", "hard_sigmoid": "F.hardsigmoid"}
    known.update({one: function for one, (function, _) in _NUMBERED.items()})
    if name == "linear":
        return Code("nn.Identity()")
    if name not in known:
        raise RuleError(f"the activation {name} inside of a recurrent cell")
    return Code(known[name])
