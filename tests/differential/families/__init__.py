"""One file per family of layers: what may be drawn for each."""

from tests.differential.cases import Recipe
from tests.differential.families import (
    activations,
    attention,
    augmentation,
    borders,
    convolution,
    merging,
    normalization,
    pooling,
    recurrent,
    regularization,
    reshaping,
)

FAMILIES = (
    convolution,
    pooling,
    reshaping,
    activations,
    normalization,
    regularization,
    merging,
    borders,
    augmentation,
    recurrent,
    attention,
)


def all_recipes() -> list[Recipe]:
    """The recipes of all families, in the order of the coverage table."""
    return [recipe for family in FAMILIES for recipe in family.recipes()]
