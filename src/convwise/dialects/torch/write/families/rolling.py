"""Values in another order along their axes, in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, method
from convwise.kinds.rolling import Flip, Roll


def roll(kind: Roll, site: Site) -> Given:
    places = [site.place(ref) for ref in kind.axes]
    shifts = [site.size(shift) for shift in kind.shifts]
    if len(places) == 1:
        return Given(method(site.arg(inline=True), "roll", shifts[0], dims=places[0]), site.order())
    several = Code(f"({', '.join(shifts)})")
    text = method(site.arg(inline=True), "roll", several, dims=tuple(places))
    return Given(text, site.order())


def flip(kind: Flip, site: Site) -> Given:
    places = sorted([site.place(ref) for ref in kind.axes])
    return Given(method(site.arg(inline=True), "flip", *places), site.order())
