"""Interpolation and pixel shuffling in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.families.space import Spread, folded, spread
from convwise.dialects.torch.write.site import Given, Site, tuple_or_number
from convwise.dialects.torch.write.text import Code, call
from convwise.errors import RuleError
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle

_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def upsample(kind: Upsample, site: Site) -> Given:
    """`F.interpolate` by whole factors."""
    found = spread(site, len(kind.factors), full=True)
    options: dict[str, object] = {"scale_factor": tuple_or_number(kind.factors)}
    return _interpolated(found, kind.method, kind.aligned_corners, len(kind.factors), options)


def resize(kind: Resize, site: Site) -> Given:
    """`F.interpolate` to a size; Keras's nearest pixel is the one nearest to the centre."""
    if kind.aspect != "stretch":
        raise RuleError(
            f'a resize that keeps the aspect by "{kind.aspect}" is not written as PyTorch code',
            hint="crop or pad before a plain resize",
        )
    found = spread(site, len(kind.sizes), full=True)
    sizes = [site.size(size) for _, size in kind.sizes_out(site.source)]
    text = sizes[0] if len(set(sizes)) == 1 else Code(f"({', '.join(sizes)})")
    options: dict[str, object] = {"size": text}
    if kind.antialias and kind.method != "nearest":
        options["antialias"] = True
    method = kind.method
    if method == "nearest" and site.dialect == "keras":
        method = "nearest-exact"
    return _interpolated(found, method, kind.aligned_corners, len(sizes), options)


def _interpolated(
    found: Spread, method: str, aligned: bool, rank: int, options: dict[str, object]
) -> Given:
    if method.startswith("lanczos") or (method == "bicubic" and rank != 2):
        raise RuleError(
            f"{method} interpolation over {rank} axes: PyTorch has none",
            hint="bilinear and bicubic are the nearest it has",
        )
    options["mode"] = Code(f'"{_mode(method, rank)}"')
    if aligned and not method.startswith("nearest"):
        options["align_corners"] = True
    text = call("F.interpolate", found.text, **options)
    return Given(folded(text, found), found.order)


def _mode(method: str, rank: int) -> str:
    if method == "bilinear":
        return _LINEAR[rank]
    return {"nearest": "nearest", "nearest-exact": "nearest-exact"}.get(method, "bicubic")


def pixel_shuffle(kind: PixelShuffle, site: Site) -> Given:
    return _shuffled(site, "F.pixel_shuffle", "depth_to_space", kind.factor, kind.order)


def pixel_unshuffle(kind: PixelUnshuffle, site: Site) -> Given:
    return _shuffled(site, "F.pixel_unshuffle", "space_to_depth", kind.factor, kind.order)


def _shuffled(site: Site, name: str, helper: str, factor: int, numbering: str) -> Given:
    """PyTorch's own numbers channels first; the helper numbers the block first."""
    found = spread(site, 2)
    function = name if numbering == "channel first" else site.helper(helper)
    return Given(folded(call(function, found.text, factor), found), found.order)
