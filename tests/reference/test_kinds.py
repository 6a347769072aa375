"""Every example of every kind: outputs and all gradients equal those of PyTorch in float64."""

from __future__ import annotations

import numpy as np
import pytest

from convwise.errors import RuleError
from convwise.kinds.catalog import NAMES, find
from convwise.kinds.contract import Example
from convwise.reference.contract import Array
from convwise.reference.rules.table import COMPUTED
from tests.dialects.torch.write.test_kinds import REFUSED, graph_of
from tests.reference.torch_agreement import differences


def places(example: Example) -> list[Array]:
    """Inputs whose whole numbers name each place once: of two values put at one, one is lost."""
    random = np.random.default_rng(0)
    found = []
    for operand in example.operands:
        shape = [dim for dim in operand.shape if isinstance(dim, int)]
        drawn = random.normal(size=shape)
        axis = (
            operand.rank - 1 if operand.rank == 1 else example.operands[0].locate(example.kind.axis)
        )
        found.append(drawn.argsort(axis=axis) if operand.dtype.startswith("int") else drawn)
    return found


def test_every_kind_has_a_rule() -> None:
    assert set(NAMES) - set(COMPUTED) == {"input", "unknown"}


#: What has no output, and what PyTorch draws anew at every call (tested beside its own draw).
LEFT_OUT = ("unused", "fractional_max_pool")


@pytest.mark.parametrize("name", [name for name in COMPUTED if name not in LEFT_OUT])
def test_examples_compute_what_pytorch_does(name: str) -> None:
    done = 0
    for example in find(name).examples():
        try:
            wrong = differences(
                graph_of(example), inputs=places(example) if name == "scatter" else None
            )
        except RuleError as error:
            refused = REFUSED.get(name, "nothing")
            assert any(word in str(error) for word in refused.split("|")), error
            continue
        assert not wrong, (example, wrong)
        done += 1
    assert done
