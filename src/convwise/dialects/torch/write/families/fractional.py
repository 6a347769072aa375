"""Pooling with windows at random places in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.families.space import folded, spread
from convwise.dialects.torch.write.site import Given, GivenAll, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call
from convwise.errors import RuleError
from convwise.kinds.fractional import FractionalMaxPool


def fractional_max_pool(kind: FractionalMaxPool, site: Site) -> Given | GivenAll:
    """`F.fractional_max_pool2d`, with the size of the output."""
    rank = len(kind.window)
    if rank not in (2, 3):
        raise RuleError(
            f"windows at random places over {rank} axes: PyTorch has them for 2 and 3",
            hint="use a pool with a stride, or an adaptive one",
        )
    found = spread(site, rank)
    sizes = Code(f"({', '.join([site.size(size) for size in kind.sizes])})")
    options: dict[str, object] = {"output_size": sizes}
    if kind.indices:
        options["return_indices"] = True
    name = f"F.fractional_max_pool{rank}d"
    text = call(name, found.text, tuple_or_number(kind.window), **options)
    if not kind.indices:
        return Given(folded(text, found), found.order)
    values, indices = site.unpacked(text, "pooled", "indices")
    return GivenAll((folded(values, found), folded(indices, found)), (found.order,) * 2)
