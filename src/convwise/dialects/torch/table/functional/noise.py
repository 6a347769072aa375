"""Dropout functions; as the modules, they are read as in training."""

from __future__ import annotations

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import Parameter
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import INPLACE
from convwise.dialects.torch.table.noise import ENTRIES as MODULES

_MODULES = {one.name: one for one in MODULES}


def _like(name: str, module: str, training: bool) -> Entry:
    found = _MODULES[module]
    training_flag = Parameter("training", training, flag)
    return Entry(name, (found.parameters[0], training_flag, INPLACE), found.parts)


ENTRIES = (
    _like("dropout", "Dropout", True),
    *[_like(f"dropout{rank}d", f"Dropout{rank}d", True) for rank in (1, 2, 3)],
    _like("alpha_dropout", "AlphaDropout", False),
    _like("feature_alpha_dropout", "FeatureAlphaDropout", False),
)
