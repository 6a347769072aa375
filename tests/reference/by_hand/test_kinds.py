"""Every example of every kind that is worked out by hand, at telling and at random places."""

from __future__ import annotations

import pytest

from convwise.kinds.catalog import find
from convwise.reference.by_hand.table import ON_PAPER
from convwise.reference.rules.table import COMPUTED
from tests.reference.by_hand.checked import tried


@pytest.mark.parametrize("name", [name for name in ON_PAPER if name in COMPUTED])
def test_worked_values_are_those_of_the_reference_and_of_pytorch(name: str) -> None:
    done = 0
    for seed, example in enumerate(find(name).examples()):
        for anywhere in (False, True):
            found = tried(example, seed, anywhere=anywhere)
            assert not found, "\n".join(found or [])
            done += found is not None
    assert done
