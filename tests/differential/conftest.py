"""Sets Keras's backend before any test of this folder imports it."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
