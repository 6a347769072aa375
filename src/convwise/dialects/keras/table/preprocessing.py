"""Keras's layers that people put in front of a network: rescaling, normalisation, augmentation."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.views import image
from convwise.dialects.python.checks import axes, flag, positive, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.errors import RuleError
from convwise.kinds.preprocessing import Augment, Normalization, RandomCrop, Rescaling

_FORMAT = Parameter("data_format", None, data_format)

#: Layers that change images at random and keep their shape -> their parameters, in order.
_AUGMENTING: Final[dict[str, str]] = {
    "RandomFlip": "mode seed data_format",
    "RandomRotation": "factor fill_mode interpolation seed fill_value data_format",
    "RandomZoom": "height_factor width_factor fill_mode interpolation seed fill_value data_format",
    "RandomTranslation": "height_factor width_factor fill_mode interpolation seed fill_value "
    "data_format",
    "RandomShear": "x_factor y_factor interpolation fill_mode fill_value data_format seed",
    "RandomPerspective": "factor scale interpolation fill_value seed data_format",
    "RandomElasticTransform": "factor scale interpolation fill_mode fill_value value_range seed "
    "data_format",
    "RandomContrast": "factor value_range seed",
    "RandomBrightness": "factor value_range seed",
    "RandomSaturation": "factor value_range data_format seed",
    "RandomHue": "factor value_range data_format seed",
    "RandomPosterization": "factor value_range data_format seed",
    "RandomSharpness": "factor value_range data_format seed",
    "RandomColorDegeneration": "factor value_range data_format seed",
    "RandomColorJitter": "value_range brightness_factor contrast_factor saturation_factor "
    "hue_factor seed data_format",
    "RandomGrayscale": "factor data_format seed",
    "RandomInvert": "factor value_range seed data_format",
    "RandomErasing": "factor scale fill_value value_range seed data_format",
    "RandomGaussianBlur": "factor kernel_size sigma value_range data_format seed",
    "Solarization": "addition_factor threshold_factor value_range seed",
    "AutoContrast": "value_range",
    "Equalization": "value_range bins data_format",
    "ContrastLimitedAdaptiveHistogramEqualization": "value_range clip_limit tile_grid_size "
    "data_format",
    "RandAugment": "value_range num_ops factor interpolation seed data_format",
    "AugMix": "value_range num_chains chain_depth factor alpha all_ops interpolation seed "
    "data_format",
    "MixUp": "alpha data_format seed",
    "CutMix": "factor seed data_format",
}


def _numbers(value: Any, name: str) -> float | tuple[float, ...]:
    if type(value) in (int, float):
        return value  # type: ignore[no-any-return]
    if type(value) in (tuple, list) and all(type(one) in (int, float) for one in value):
        return tuple(value)
    raise RuleError(
        f"{name} must be a number or a list of numbers, found {show(value)}",
        hint=f"such as {name}=1/255",
    )


def _rescaling(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Rescaling(arguments["scale"], arguments["offset"])),)


def _normalization(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    adapted = arguments["mean"] is None
    return (Part(Normalization(arguments["axis"], adapted, arguments["invert"])),)


def _agree(arguments: Arguments) -> None:
    given = [name for name in ("mean", "variance") if arguments[name] is not None]
    if len(given) == 1:
        raise RuleError(
            f"{given[0]} is given without the other of mean and variance",
            hint="give both, or none and call adapt() on data",
        )


def _random_crop(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kind = RandomCrop(arguments["height"], arguments["width"])
    return (Part(kind, (image(arguments["data_format"], 2),)),)


def _snake(name: str) -> str:
    return "".join(["_" + one.lower() if one.isupper() else one for one in name]).lstrip("_")


def _augmenting(name: str, parameters: str) -> Entry:
    kind = Augment(_snake(name))

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(kind),)

    return Entry(name, free(*parameters.split()), parts)


def _axes(value: Any, name: str) -> tuple[int, ...]:
    return () if value is None else axes(value, name)


ENTRIES = (
    Entry(
        "Rescaling",
        (Parameter("scale", REQUIRED, _numbers), Parameter("offset", 0.0, _numbers)),
        _rescaling,
    ),
    Entry(
        "Normalization",
        (
            Parameter("axis", (-1,), _axes),
            *free("mean", "variance"),
            Parameter("invert", False, flag),
        ),
        _normalization,
        agree=_agree,
    ),
    Entry(
        "RandomCrop",
        (
            Parameter("height", REQUIRED, positive),
            Parameter("width", REQUIRED, positive),
            *free("seed"),
            _FORMAT,
        ),
        _random_crop,
    ),
    *[_augmenting(name, parameters) for name, parameters in _AUGMENTING.items()],
)
