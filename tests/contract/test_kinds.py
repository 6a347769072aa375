"""One contract for every kind in the catalog, at each of its own examples."""

from __future__ import annotations

import pytest

from convwise.kinds import catalog
from convwise.kinds.contract import Example
from tests.contract.laws import LAWS, Law

CASES = [
    pytest.param(example, id=f"{name}-{index}")
    for name in catalog.NAMES
    for index, example in enumerate(catalog.find(name).examples())
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("example", CASES)
def test_law(law: Law, example: Example) -> None:
    law(example.kind, example.operands)


@pytest.mark.parametrize("name", catalog.NAMES)
def test_a_kind_is_named_as_in_the_catalog(name: str) -> None:
    assert catalog.find(name).name == name


def test_every_kind_has_examples_with_one_and_more_hyperparameters() -> None:
    for kind in catalog.all_kinds():
        assert all(type(example.kind) is kind for example in kind.examples())
        assert kind.examples(), kind.name
