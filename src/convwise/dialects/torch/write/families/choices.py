"""Values taken from one of two tensors, in PyTorch."""

from __future__ import annotations

from convwise.dialects.torch.write.families.merges import common, matched
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.text import Code, call, literal, method
from convwise.kinds.choose import Where


def where(kind: Where, site: Site) -> Given:
    """`torch.where`; `masked_fill` where a number takes the place of values."""
    rank = max(operand.rank for operand in site.operands)
    order = common(site, rank)
    texts = [matched(site, which, order) for which in range(len(site.operands))]
    condition = texts.pop()
    if kind.chosen is not None and kind.other is None:
        return Given(method(texts[0], "masked_fill", condition, literal(kind.chosen)), order)
    parts: list[Code] = [
        texts.pop(0) if number is None else literal(number) for number in (kind.chosen, kind.other)
    ]
    return Given(call("torch.where", condition, *parts), order)
