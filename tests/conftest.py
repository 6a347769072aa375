"""Settings of every test: the same random cases on every run, the frameworks on the CPU."""

from __future__ import annotations

import os

from hypothesis import settings

# Keras reads this when it is first imported, so it has to be there before any test is.
os.environ.setdefault("KERAS_BACKEND", "torch")

settings.register_profile("same", derandomize=True, deadline=None, print_blob=False)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
