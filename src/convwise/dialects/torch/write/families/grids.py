"""Sampling by grids in PyTorch: `F.grid_sample` and `F.affine_grid`."""

from __future__ import annotations

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.families.products import in_order
from convwise.dialects.torch.write.families.space import folded, spread
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call
from convwise.kinds.grid import AffineGrid, GridSample


def grid_sample(kind: GridSample, site: Site) -> Given:
    """The image channels first, the grid as it is."""
    found = spread(site, site.operands[1].rank - 2)
    options: dict[str, object] = {}
    if kind.method != "bilinear":
        options["mode"] = kind.method
    if kind.padding != "zeros":
        options["padding_mode"] = kind.padding
    options["align_corners"] = kind.aligned_corners
    text = call("F.grid_sample", found.text, in_order(site, 1), **options)
    return Given(folded(text, found), found.order)


def affine_grid(kind: AffineGrid, site: Site) -> Given:
    """PyTorch asks for the size of an image with channels, which change nothing."""
    maps = in_order(site, 0)
    sizes = [site.size(dim) for dim in (site.source.shape[0], 1, *kind.sizes)]
    shape = Code(f"({', '.join(sizes)})")
    text = call("F.affine_grid", maps, shape, align_corners=kind.aligned_corners)
    return Given(text, orders.same(site.made.rank))
