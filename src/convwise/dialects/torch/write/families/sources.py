"""Free weights and constants in PyTorch; inputs are the arguments of `forward`."""

from __future__ import annotations

from typing import NoReturn

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.elementwise import element_type
from convwise.dialects.torch.write.families.products import glorot
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call
from convwise.errors import RuleError
from convwise.kinds.source import Constant, Parameter, Unknown, Unused


def parameter(kind: Parameter, site: Site) -> Given:
    """`nn.Parameter`; the graph does not say what it starts with: as a kernel, or zeros."""
    sizes = tuple([site.whole(dim, "a weight's size") for dim in site.made.shape])
    weight = site.node.weights[0]
    if site.unseen and site.writer.modules.users(weight) > 1:
        return Given(Code("None"), orders.same(len(sizes)), atom=True)
    axes = site.specs()[0].axes
    constructor = glorot(site, list(site.made.shape))
    text = site.writer.modules.value(site.node, constructor, weight, axes, kind.role)
    return Given(text, orders.same(len(sizes)), atom=True)


def constant(kind: Constant, site: Site) -> Given:
    """A buffer of the constant's shape: the graph does not hold its values."""
    shape = kind.tensor.shape
    order = orders.same(len(shape))
    options: dict[str, object] = {}
    if kind.tensor.dtype != "float32":
        options["dtype"] = element_type(kind.tensor.dtype)
    if not all(isinstance(dim, int) for dim in shape):
        site.writer.remark("A constant of open size is zeros here: fill in its values")
        sizes = [site.size(dim) for dim in shape]
        device = Code(f"{site.writer.arguments[0]}.device")
        return Given(call("torch.zeros", *sizes, **options, device=device), order)
    start = call("torch.zeros", shape, **options)
    remark = "a constant: fill in its values"
    return Given(site.writer.modules.constant(site.node, start, "constant", remark), order, True)


def unused(kind: Unused, site: Site) -> Given:
    """A parameter that is there and does nothing, as in the source."""
    text = site.weight(kind.role, glorot(site, [dim for _, dim in kind.axes]))
    return Given(text, (0,), atom=True)


def unknown(kind: Unknown, site: Site) -> NoReturn:
    """What is not known cannot be written."""
    raise RuleError(
        f"{kind.what} is not known, so that no code can be written for it",
        hint="convwise summary lists what is unknown",
    )
