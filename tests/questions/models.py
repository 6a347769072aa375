"""The networks of the questions as live models of Keras and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

#: Inputs without the batch, in Keras's order.
INPUTS: Final[dict[str, tuple[int, ...]]] = {
    "conv3d": (16, 1024, 1024, 1),
    "time_as_channels_one": (1024, 1024, 16),
    "time_as_channels": (1024, 1024, 16),
    "pooling_same": (25, 20, 7),
    "feature_maps": (300, 300, 3),
    "input_channels": (128, 128, 3),
    "cifar10": (32, 32, 3),
}


def keras_model(name: str) -> Any:
    """The live Keras model, built and not trained."""
    import keras
    from keras import layers

    listed: dict[str, Callable[[], list[Any]]] = {
        "conv3d": lambda: [layers.Conv3D(1, 5, padding="same")],
        "time_as_channels_one": lambda: [layers.Conv2D(1, 5, padding="same")],
        "time_as_channels": lambda: [layers.Conv2D(16, 5, padding="same")],
        "pooling_same": lambda: [
            make()
            for _ in range(3)
            for make in (
                lambda: layers.Conv2D(15, 5, padding="same"),
                lambda: layers.MaxPooling2D(2, strides=1, padding="same"),
            )
        ],
        "feature_maps": lambda: [
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
        ],
        "input_channels": lambda: [
            *[layers.Conv2D(24, 8, strides=2, activation="relu") for _ in range(3)],
            layers.Flatten(),
            layers.Dense(1, activation="relu"),
        ],
        "cifar10": lambda: [
            layers.Conv2D(32, 3, padding="same"),
            layers.Activation("relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
    }
    return keras.Sequential([keras.Input(INPUTS[name]), *listed[name]()])


def torch_module(name: str) -> Any:
    """The live PyTorch module; its pools have no "same"."""
    from torch import nn

    listed: dict[str, Callable[[], list[Any]]] = {
        "conv3d": lambda: [nn.Conv3d(1, 1, 5, padding="same")],
        "time_as_channels_one": lambda: [nn.Conv2d(16, 1, 5, padding=2)],
        "time_as_channels": lambda: [nn.Conv2d(16, 16, 5, padding="same")],
        "feature_maps": lambda: [
            nn.Conv2d(3, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ],
        "input_channels": lambda: [
            nn.Conv2d(3, 24, 8, 2),
            nn.ReLU(),
            nn.Conv2d(24, 24, 8, 2),
            nn.ReLU(),
            nn.Conv2d(24, 24, 8, 2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2400, 1),
            nn.ReLU(),
        ],
        "cifar10": lambda: [
            nn.Conv2d(3, 32, 3, padding="same"),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
            nn.Conv2d(32, 64, 3, padding="same"),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
            nn.Flatten(),
            nn.Linear(3136, 256),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(256, 10),
            nn.Softmax(dim=1),
        ],
    }
    return nn.Sequential(*listed[name]())


def channels_first(name: str) -> tuple[int, ...]:
    """The input's sizes in PyTorch's order."""
    *space, channels = INPUTS[name]
    return (channels, *space)


#: What PyTorch can say.
TORCH: Final = tuple([name for name in INPUTS if name != "pooling_same"])
