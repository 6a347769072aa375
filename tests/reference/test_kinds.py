"""Every example of every kind: outputs and all gradients equal those of PyTorch in float64."""

from __future__ import annotations

import pytest

from convwise.errors import RuleError
from convwise.kinds.catalog import find
from convwise.reference.rules.table import COMPUTED
from tests.dialects.torch.write.test_kinds import REFUSED, graph_of
from tests.reference.torch_agreement import differences


@pytest.mark.parametrize("name", [name for name in COMPUTED if name != "unused"])
def test_examples_compute_what_pytorch_does(name: str) -> None:
    done = 0
    for example in find(name).examples():
        try:
            wrong = differences(graph_of(example))
        except RuleError as error:
            refused = REFUSED.get(name, "nothing")
            assert any(word in str(error) for word in refused.split("|")), error
            continue
        assert not wrong, (example, wrong)
        done += 1
    assert done
