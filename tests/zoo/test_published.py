"""The zoo's famous networks have the parameter counts that Keras publishes for them."""

from __future__ import annotations

import keras
import pytest

from .executed import FOLDER, executed, files

#: File and model, Keras' own network, parameters.
PUBLISHED = [
    ("vgg16.py", "model", "VGG16", 138_357_544),
    ("resnet50.py", "model", "ResNet50", 25_636_712),
    ("inception_v3.py", "model", "InceptionV3", 23_851_784),
    ("densenet121.py", "model", "DenseNet121", 8_062_504),
    ("mobilenet_v1.py", "full", "MobileNet", 4_253_864),
    ("mobilenet_v2.py", "model", "MobileNetV2", 3_538_984),
    ("xception.py", "model", "Xception", 22_910_480),
    ("efficientnet_b0.py", "model", "EfficientNetB0", 5_330_571),
    ("convnext_tiny.py", "model", "ConvNeXtTiny", 28_589_128),
]


@pytest.mark.parametrize(("file", "name", "original", "parameters"), PUBLISHED)
def test_parameters_are_the_published_ones(
    file: str, name: str, original: str, parameters: int
) -> None:
    model = executed(FOLDER / file)[name]
    with keras.device("meta"):
        live = getattr(keras.applications, original)(weights=None)
    assert model.parameters == parameters == live.count_params()
    assert model.trainable == sum(v.value.numel() for v in live.trainable_weights)


def test_the_zoo_is_large_enough() -> None:
    assert len(files()) >= 40
