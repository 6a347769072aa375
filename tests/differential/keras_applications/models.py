"""The models of keras.applications, made without storage, and what Keras says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import keras

import convwise
from convwise.dialects.keras.read_config import read_config
from convwise.network import Network
from tests.zoo import oracle
from tests.zoo.recording import without_storage

NAMES: Final = tuple(sorted(name for name in dir(keras.applications) if name[0].isupper()))

#: What Keras itself refuses on PyTorch.
REFUSED: Final = {"NASNetMobile": "not available with the torch backend"}

#: Fast enough for every run.
FEW: Final = ("DenseNet121", "EfficientNetB0", "InceptionResNetV2", "MobileNetV2")


@dataclass(frozen=True, slots=True)
class Compared:
    """One model: as convwise reads it live and from its JSON, and as it was executed."""

    live: Network
    stored: Network
    truth: oracle.OracleModel


@contextmanager
def application(name: str) -> Iterator[Compared]:
    """The model with its default input; one whose sizes are free gets 224 x 224."""
    keras.backend.clear_session()
    with without_storage():
        model = getattr(keras.applications, name)(weights=None, **_sized(name))
        live = convwise.read(model)
        stored = Network(read_config(json.loads(model.to_json()), label=name))
        yield Compared(live, stored, oracle.described(name, model))


def _sized(name: str) -> dict[str, Any]:
    return {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}
