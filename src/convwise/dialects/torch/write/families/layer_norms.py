"""Normalisation over chosen axes in PyTorch: these axes have to stand last."""

from __future__ import annotations

from convwise.dialects.torch.write.families.distances import power
from convwise.dialects.torch.write.families.norms import given_weights, second
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call, literal
from convwise.graph.axes import CHANNEL
from convwise.kinds.layer_normalization import LayerNorm, LocalResponseNorm, RMSNorm, UnitNorm
from convwise.kinds.named_axes import located

_PATHS = {"gamma": "weight", "beta": "bias"}


def layer_norm(kind: LayerNorm, site: Site) -> Given:
    """`nn.LayerNorm` over the last axes."""
    order, shape = _last(site, located(site.source, kind.axes))
    if len(site.operands) > 1:
        text = call("F.layer_norm", site.arg(0, order), _sizes(shape), *given_weights(site))
        return Given(_with_epsilon(text, kind.epsilon), order)
    options: dict[str, object] = {}
    if kind.epsilon != 1e-5:
        options["eps"] = kind.epsilon
    if not (kind.scale or kind.center):
        options["elementwise_affine"] = False
    elif not kind.center:
        options["bias"] = False
    constructor = call("nn.LayerNorm", shape, **options)
    if kind.center and not kind.scale:
        constructor = call(site.helper("without_scale"), constructor)
    module = site.module(constructor, "norm", _PATHS)
    return Given(call(module, site.arg(0, order, inline=True)), order)


def rms_norm(kind: RMSNorm, site: Site) -> Given:
    """`nn.RMSNorm` over the last axes."""
    order, shape = _last(site, located(site.source, kind.axes))
    if len(site.operands) > 1:
        text = call("F.rms_norm", site.arg(0, order), _sizes(shape), *given_weights(site))
        return Given(_with_epsilon(text, kind.epsilon), order)
    options: dict[str, object] = {"eps": kind.epsilon}
    if not kind.scale:
        options["elementwise_affine"] = False
    module = site.module(call("nn.RMSNorm", shape, **options), "norm", {"gamma": "weight"})
    return Given(call(module, site.arg(0, order, inline=True)), order)


def _sizes(shape: Code) -> Code:
    """The functions take a tuple also for one axis."""
    return shape if shape.startswith("(") else Code(f"({shape},)")


def _with_epsilon(text: Code, epsilon: float) -> Code:
    return Code(f"{text[:-1]}, eps={literal(epsilon)})")


def _last(site: Site, axes: tuple[int, ...]) -> tuple[Order, Code]:
    """The order with these axes last, in the order of the weights, and their sizes."""
    now = site.order()
    order = now
    if now[-len(axes) :] != axes:
        order = (*[axis for axis in sorted(now) if axis not in axes], *axes)
    sizes = [site.whole(site.source.axes[axis].dim, "a normalised size") for axis in axes]
    return order, literal(sizes[0] if len(sizes) == 1 else tuple(sizes))


def unit_norm(kind: UnitNorm, site: Site) -> Given:
    """`F.normalize`: Keras and PyTorch both bound the length itself by epsilon."""
    order = site.order()
    places = tuple(sorted([order.index(axis) for axis in located(site.source, kind.axes)]))
    dims: object = places[0] if len(places) == 1 else places
    powers = [] if kind.order == 2.0 else [power(kind.order)]
    text = call("F.normalize", site.arg(), *powers, dim=dims, eps=kind.epsilon)
    return Given(text, order)


def local_response_norm(kind: LocalResponseNorm, site: Site) -> Given:
    """`F.local_response_norm`, which divides its alpha by the size."""
    order = second(site.order(), site.source.position(CHANNEL))
    text = call(
        "F.local_response_norm",
        site.arg(0, order),
        kind.size,
        alpha=float(f"{kind.alpha * kind.size:.12g}"),
        beta=kind.beta,
        k=kind.offset,
    )
    return Given(text, order)
