"""Every Keras network of the zoo: the same from code, from the live model and from its JSON.

A configuration does not hold functions: what a Lambda does, and what layers of the author's own do,
is in the code alone. Networks with such layers are named here, and are unknown there, not wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

import convwise
from convwise.dialects.keras.read_config import read_config
from convwise.errors import ReadError
from convwise.network import Network

from . import oracle
from .executed import TWINS, files

#: File, network -> what its configuration cannot say.
NOT_SAID: Final = {
    ("convnext_tiny", "model"): "layers of its own",
    ("dueling_dqn", "model"): "a Lambda",
    ("efficientnet_b0", "model"): "a function of its own as activation",
    ("espcn", "model"): "a Lambda",
    ("r2plus1d", "model"): "layers of its own",
    ("resnet18_blocks", "model"): "layers of its own",
    ("shufflenet", "model"): "a Lambda",
    ("siamese", "siamese_net"): "a Lambda",
    ("srresnet", "generator"): "a Lambda",
    ("ssd300_head", "model"): "a Lambda",
    ("tcn", "model"): "layers of its own",
    ("text_transformer", "model"): "layers of its own",
    ("vae", "encoder"): "a layer of its own",
    ("vit_tiny", "model"): "layers of its own",
    ("wavenet", "model"): "a Lambda",
    ("yolo_v2", "model"): "a Lambda",
}
#: Networks that Keras itself cannot describe.
NOT_DESCRIBED: Final = {("vae", "vae"): "a loss that was added in its call"}
FEW: Final = ("unet_symbolic", "siamese", "multi_input_output", "autoencoder", "squeezenet")


def check(path: Path) -> None:
    with oracle.executing(path.with_name(TWINS.get(path.name, path.name))) as (found, _):
        for name, model in found.items():
            code = convwise.read(f"{path.with_name(TWINS.get(path.name, path.name))}:{name}")
            if (path.stem, name) in NOT_DESCRIBED:
                with pytest.raises(ReadError, match="cannot describe"):
                    convwise.read(model)
                continue
            live = convwise.read(model)
            forms = [live]
            if {one.__name__ for one in type(model).__mro__} & {"Functional", "Sequential"}:
                forms.append(Network(read_config(json.loads(model.to_json()), label=name)))
            for form in forms:
                if (path.stem, name) in NOT_SAID:
                    assert form.graph.unknown
                else:
                    assert code.difference(form) is None
                    one, two = [net.summary().answer.totals for net in (code, form)]
                    assert (one.parameters, one.cost) == (two.parameters, two.cost)


@pytest.mark.parametrize("path", [one for one in files() if one.stem in FEW], ids=lambda p: p.stem)
def test_some_networks(path: Path) -> None:
    check(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [one for one in files() if one.stem not in FEW], ids=lambda p: p.stem
)
def test_the_other_networks(path: Path) -> None:
    check(path)
