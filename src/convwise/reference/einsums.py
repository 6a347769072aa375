"""Products summed over named axes, and their gradients; must never know a kind or its letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convwise.reference.contract import Array

#: One name per axis; a name that comes twice stands for the diagonal.
Labels = Sequence[str]


def contracted(arrays: Sequence[Array], inputs: Sequence[Labels], output: Labels) -> Array:
    """out[output] = sum over all names that `output` has not of the product of all arrays.

    Axes of size 1 are repeated, as in NumPy's einsum.
    """
    numbers = {name: place for place, name in enumerate(dict.fromkeys(sum(map(tuple, inputs), ())))}
    terms: list[object] = []
    for values, names in zip(arrays, inputs, strict=True):
        terms += [values, [numbers[name] for name in names]]
    made = np.einsum(*terms, [numbers[name] for name in output], optimize=True)  # type: ignore[call-overload]
    return np.asarray(made)


def passed_to(
    which: int, dy: Array, arrays: Sequence[Array], inputs: Sequence[Labels], output: Labels
) -> Array:
    """The gradient of one factor of `contracted`: dy times all other factors.

    It is summed over the names that the factor has not, and repeated along those that only the
    factor has, over which the output is a plain sum. A factor that is read along its diagonal
    gets nothing beside it.
    """
    mine, shape = inputs[which], arrays[which].shape
    others = [place for place in range(len(arrays)) if place != which]
    known = {*output, *[name for place in others for name in inputs[place]]}
    sizes = dict(zip(mine, shape, strict=True))
    kept = [name for name, size in sizes.items() if name in known and size > 1]
    factors = [dy, *[arrays[place] for place in others]]
    found = contracted(factors, [output, *[inputs[place] for place in others]], kept)
    there = dict(zip(kept, found.shape, strict=True))  # 1 where the others are of size 1
    seen = found.reshape([there.get(name, 1) for name in sizes])
    full = np.broadcast_to(seen, tuple(sizes.values()))  # one axis for every name
    if len(sizes) == len(mine):
        return full.copy()
    spread = np.zeros(shape)
    places = np.indices(full.shape)
    spread[tuple([places[list(sizes).index(name)] for name in mine])] = full
    return spread
