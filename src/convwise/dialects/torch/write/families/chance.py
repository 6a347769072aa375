"""What is random in training, in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import call
from convwise.graph.axes import BATCH, SPATIAL
from convwise.kinds.noise import Dropout, GaussianNoise
from convwise.kinds.preprocessing import Augment, RandomCrop


def dropout(kind: Dropout, site: Site) -> Given:
    """`nn.Dropout`, or `nn.Dropout2d` where whole channels are dropped."""
    order = site.order()
    if not kind.rate:
        return Given(site.passed(), order)
    shared = tuple(sorted([order.index(site.source.locate(ref)) for ref in kind.shared]))
    names = {"plain": "nn.Dropout", "alpha": "nn.AlphaDropout"}
    if kind.flavour == "gaussian":
        made = call(site.helper("GaussianDropout"), kind.rate)
    elif not shared:
        made = call(names[kind.flavour], kind.rate)
    elif kind.flavour == "plain" and _whole_channels(site, shared):
        made = call(f"nn.Dropout{len(shared)}d", kind.rate)
    else:
        made = call(site.helper("SharedDropout"), kind.rate, shared)
    return Given(call(site.module(made, "dropout"), site.arg(inline=True)), order)


def _whole_channels(site: Site, shared: tuple[int, ...]) -> bool:
    """Whether the axes are (batch, channel, *space) and all of space shares a draw."""
    roles = [site.source.axes[axis].role for axis in site.order()]
    return (
        shared == tuple(range(2, len(roles)))
        and len(shared) <= 3
        and roles[0] == BATCH
        and all(role in SPATIAL for role in roles[2:])
    )


def gaussian_noise(kind: GaussianNoise, site: Site) -> Given:
    if not kind.deviation:
        return Given(site.passed(), site.order())
    made = call(site.helper("GaussianNoise"), kind.deviation)
    return Given(call(site.module(made, "noise"), site.arg(inline=True)), site.order())


def augment(kind: Augment, site: Site) -> Given:
    """Nothing: how much an augmentation changes is not in the graph; a remark says so."""
    site.writer.remark(f"{kind.operation} of the training images is left out: add your own")
    return Given(site.passed(), site.order())


def random_crop(kind: RandomCrop, site: Site) -> Given:
    order = site.order()
    axes = (site.source.position("height"), site.source.position("width"))
    wanted = (*[axis for axis in order if axis not in axes], *axes)
    made = call(site.helper("RandomCrop"), kind.height, kind.width)
    return Given(call(site.module(made, "crop"), site.arg(0, wanted)), wanted)
