"""Functions that compare two tensors: as the modules."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.table.distances import ENTRIES as MODULES
from convwise.dialects.torch.table.entry import Entry

_NAMES: Final = {
    "CosineSimilarity": "cosine_similarity",
    "PairwiseDistance": "pairwise_distance",
}

ENTRIES = tuple(
    [Entry(_NAMES[one.name], one.parameters, one.parts, tensors=one.tensors) for one in MODULES]
)
