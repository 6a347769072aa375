"""The multiply-adds a case must have, and those that convwise gives it.

Where FlopCounterMode is right: the forward pass and the input gradient of every convolution,
transposed convolution, dense layer and dot product, and the weight gradient of those in one group.
Where it is wrong: the weight gradient of a convolution in g groups. `conv_backward_flop` multiplies
all input channels with all filters, although a filter only sees the channels of its own group: its
count is g times too large (for a depthwise convolution: as many times as there are channels). The
closed form used instead: every weight is used as often in the weight gradient as in the forward
pass, once per output position, so the two counts are equal.
A separable convolution asked for its weights' gradients alone also needs the input gradient of its
pointwise half; that is an input gradient, and is counted there.
The gradients of a recurrent layer's weights alone also need the gradients through time, which are
counted as input gradient here; cells on top of each other run one step too many.
In attention the gradient of the softmax is inside of the layer: asked for the weights' gradients
alone PyTorch needs it too, here it counts as input gradient. Learned numbers of the scores, and the
sum over features that additive scores take with a vector, are products value by value to PyTorch
and are not counted by it: the closed forms are scores x features, or scores x 1.
Whatever is no convolution, dense layer or dot product contracts nothing and has no multiply-adds.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from tests.differential import flops
from tests.differential.cases import Case
from tests.differential.compare import answer
from tests.differential.flops import Macs
from tests.differential.sources import source

NONE = Macs(0, 0, 0)
CONTRACTIONS = (
    "convolution",
    "transposed convolution",
    "depthwise convolution",
    "separable convolution",
    "dense",
    "recurrent",
    "attention",
    "einsum",
)
#: A layer with weights and of the same shape in front, so that the input gradient is needed.
BEFORE = "layers.BatchNormalization()"


def contracts(case: Case) -> bool:
    """Whether the case's layer multiplies and adds over channels or features."""
    return case.family in CONTRACTIONS or case.layer == "Dot"


def grouped(case: Case) -> bool:
    """Whether the case's filters see a part of the channels."""
    if case.family in ("depthwise convolution", "separable convolution"):
        return True
    return ast.literal_eval(dict(case.arguments).get("groups", "1")) != 1


def expected(case: Case) -> Macs:
    """FlopCounterMode's count, with the closed form of the weight gradient where it is wrong."""
    if not contracts(case):
        return NONE
    counted = flops.count(case)
    if case.family == "recurrent":
        return _recurrent(case, counted)
    if case.family == "attention":
        return _projected(counted) if case.spread else _attention(case, counted)
    if grouped(case) and counted.weight_gradient:
        return replace(counted, weight_gradient=counted.forward)
    return counted


def _recurrent(case: Case, counted: Macs) -> Macs:
    """The closed form of the weights' gradients: every weight is used as often as forward."""
    steps = case.shapes[0][0]
    stacked = case.layer == "RNN" and case.inside.count("Cell(") > 1
    forward = counted.forward * steps // (steps + 1) if stacked else counted.forward
    weights = forward if counted.weight_gradient else 0
    return Macs(forward, counted.input_gradient, weights)


def _projected(counted: Macs) -> Macs:
    """Every weight is used as often in its gradient as forward; scores have none.

    Forward: projections and scores; to the inputs: as much, and the scores once more.
    """
    scores = counted.input_gradient - counted.forward
    weights = counted.forward - scores if counted.weight_gradient else 0
    return replace(counted, weight_gradient=weights)


def _attention(case: Case, counted: Macs) -> Macs:
    """What learned numbers of the scores cost."""
    (queries, features), (keys, *_) = case.shapes[:2]
    scores = queries * keys
    given = dict(case.arguments)
    learns = given.get("trainable") != "False"
    additive = case.layer == "AdditiveAttention"
    scaled = given.get("use_scale", str(additive)) == "True"
    if additive:
        weighed = scores * features * scaled
        forward, backward = counted.forward + weighed, counted.input_gradient + weighed
        return Macs(forward, backward, weighed * learns)
    if given.get("score_mode") == "'concat'":
        return replace(counted, weight_gradient=scores * (1 + scaled * features) * learns)
    return replace(counted, weight_gradient=scores * scaled * learns)


def said(case: Case) -> Macs:
    """convwise's multiply-adds of the case with a layer in front of a contraction."""
    return said_of(source(case, BEFORE if contracts(case) else ""))


def said_of(text: str) -> Macs:
    """convwise's multiply-adds of a whole source text."""
    macs = answer(text)["totals"]["macs"]
    return Macs(macs["forward"], macs["input_gradient"], macs["weight_gradient"])


def disagreement(case: Case) -> list[str]:
    """One sentence if convwise and PyTorch count differently."""
    right, ours = expected(case), said(case)
    return [] if right == ours else [f"{case}: PyTorch {right}, convwise {ours}"]
