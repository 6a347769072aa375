"""Functions that lay windows out as channels and sum them back: as the modules."""

from __future__ import annotations

from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.folding import ENTRIES as MODULES

ENTRIES = tuple([Entry(one.name.lower(), one.parameters, one.parts) for one in MODULES])
