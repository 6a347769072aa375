"""Each model of keras.applications: every layer's shape and counts as Keras has them executed.

Parameters are Keras's own counts, multiply-adds those of PyTorch's FlopCounterMode on the meta
device halved, layer by layer.
"""

from __future__ import annotations

import pytest

from tests.differential.keras_applications.models import FEW, NAMES, REFUSED, application
from tests.zoo.agreement import differences


def check(name: str) -> None:
    with application(name) as compared:
        for net in (compared.live, compared.stored):
            summary = net.summary().to_dict()
            assert summary["unknown"] == []
            assert differences(summary, compared.truth, sized=True) == []
        assert compared.live.difference(compared.stored) is None


@pytest.mark.parametrize("name", FEW)
def test_some_models(name: str) -> None:
    check(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [one for one in NAMES if one not in {*FEW, *REFUSED}])
def test_the_other_models(name: str) -> None:
    check(name)


def test_what_keras_refuses_is_still_refused() -> None:
    """A model that no longer is would have to be compared."""
    for name, words in REFUSED.items():
        with pytest.raises(ValueError, match=words), application(name):
            pass
