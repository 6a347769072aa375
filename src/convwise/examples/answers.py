"""Answers in words to the questions of the examples; every number comes from their summaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convwise.network import read, sequential
from convwise.sources import example_names

if TYPE_CHECKING:
    from convwise.analyses.summary import Row, Summary


def summarised(name: str) -> Summary:
    """The summary of `example:NAME`."""
    return read(f"example:{name}").summary().answer


def _rows(summary: Summary, kind: str) -> list[Row]:
    return [row for row in summary.rows if row.kind == kind]


def _kernel(row: Row) -> dict[str, int]:
    """Sizes of the layer's kernel by axis: height, width, in, out."""
    return {name: dim for name, dim in row.weights[0].axes if type(dim) is int}


def _size(row: Row, role: str) -> int:
    dim = row.outputs[0].dim(role)
    assert type(dim) is int
    return dim


def _parameters(row: Row) -> str:
    formula = row.formulas["parameters"]
    return f"{formula.text()} = {formula.value:,}"


def feature_maps() -> str:
    """Question 3: how many feature maps does the second layer make?"""
    summary = summarised("feature_maps")
    first, second = _rows(summary, "convolution")
    one, two = _kernel(first), _kernel(second)
    maps, filters = two["in"], two["out"]
    wrong_maps = one["out"] * one["in"]
    taps = f"{two['height']} x {two['width']}"
    wrong = filters * (two["height"] * two["width"] * wrong_maps + 1)
    return (
        f"{filters} maps, not {maps} x {filters} = {maps * filters:,}. Each of the {filters} "
        f"filters is {taps} x {maps}: one slice for every map that comes in. The {maps} partial "
        f"results are summed, then the bias is added, so that one filter makes one map. "
        f"The count proves it: {_parameters(second)} parameters.\n"
        f"If the first layer made {one['out']} x {one['in']} = {wrong_maps} maps and the second "
        f"{filters} x {wrong_maps} = {filters * wrong_maps:,}, its filters would need {wrong_maps} "
        f"slices each: {filters} x ({two['height']}*{two['width']}*{wrong_maps} + 1) = {wrong:,} "
        f"parameters. It has {second.parameters:,}."
    )


def input_channels() -> str:
    """Question 4: why is the input's channel dimension not in the output shape?"""
    summary = summarised("input_channels")
    rows = _rows(summary, "convolution")
    first, kernel = rows[0], _kernel(rows[0])
    lost = " and ".join(
        [", ".join(str(r.dropped["width"]) for r in rows[:-1])] + [str(rows[-1].dropped["width"])]
    )
    unused = summary.totals.unused_input or {}
    columns = _size(summary.rows[0], "width")
    return (
        f"A filter is {kernel['height']} x {kernel['width']} x {kernel['in']}: as deep as its "
        f"input. The sum over the {kernel['in']} channels takes that dimension away. The "
        f"{kernel['in']} x {kernel['out']} = {kernel['in'] * kernel['out']} partial maps of "
        f"{_size(first, 'height')} x {_size(first, 'width')} exist only inside the sum: they are "
        f"summed over the channels, not concatenated, which leaves {kernel['out']} maps. "
        f"{_parameters(first)} parameters.\n"
        f"Strides also lose pixels at the border: {lost} columns in the {len(rows)} layers; end to "
        f"end the last {unused['width']} of {columns} input columns, and as many rows, never reach "
        f"the output. And a ReLU on a single output can die: where it is 0 for all examples, it "
        f"has no gradient and never learns again."
    )


def cifar10() -> str:
    """Question 5: why 896 parameters?"""
    from convwise.kinds.convolution import Convolution
    from convwise.kinds.source import Input

    network = read("example:cifar10")
    first = _rows(network.summary().answer, "convolution")[0]
    kernel = _kernel(first)
    taps = (kernel["height"], kernel["width"])
    plain = sequential(
        Input(network.graph.tensor(network.graph.inputs[0])),
        Convolution(taps, kernel["out"], (1, 1), (1, 1)),
    )
    without = plain.summary().answer.rows[-1]
    return (
        f"{kernel['out']} filters, each {taps[0]} x {taps[1]} x {kernel['in']} weights and one "
        f"bias: {_parameters(first)}. The output is {_size(first, 'height')} x "
        f'{_size(first, "width")} because of padding="same", not because of the filter\'s shape: '
        f"without padding it is {_size(without, 'height')} x {_size(without, 'width')}. The last "
        f"{_size(first, 'channel')} is the number of filters."
    )


def pooling() -> str:
    """Question 2: is max pooling with stride 1 and padding "same" useless?"""
    from convwise.kinds.pooling import MaxPool
    from convwise.kinds.source import Input
    from convwise.kinds.windows import SAME, VALID, Padding

    network = read("example:pooling_same")
    rows = _rows(network.summary().answer, "max_pool")
    image = network.graph.tensor(network.graph.inputs[0])
    sides = Padding("explicit", ((1, 1), (1, 1)))
    sizes = {}
    for name, stride, padding in (
        ("both", 1, sides),
        ("valid", 1, VALID),
        ("halved", 2, SAME),
    ):
        pools = [MaxPool((2, 2), (stride, stride), (1, 1), padding)] * (3 if stride == 2 else 1)
        found = sequential(Input(image), *pools).summary().answer.rows[1:]
        sizes[name] = ", ".join(
            [f"{_size(row, 'height')} x {_size(row, 'width')}" for row in found]
        )
    high, wide = _size(rows[0], "height"), _size(rows[0], "width")
    return (
        f"No mistake in the network, one in the arithmetic: ({high} - 2 + 2*1)/1 + 1 is "
        f'{high + 1}. "same" adds one pixel in all for a window of 2, at the end: '
        f"({high} - 2 + 1)/1 + 1 = {high}. Padding 1 on both sides, as PyTorch would write it, "
        f'gives {sizes["both"]}. "same" means ceil(in/stride), for convolution and pooling alike: '
        f"with stride 1 neither can shrink, and every output is {high} x {wide}.\n"
        f"Without padding the size is {sizes['valid']}: stride 1 only trims. It is the stride that "
        f'shrinks: with stride 2 and "same" three blocks give {sizes["halved"]}. With stride 1 '
        f"the pooling is a running maximum: it widens what a position sees and tolerates small "
        f"shifts, at full cost. Keep it only if that is wanted. Defaults differ: MATLAB's "
        f"maxPooling2dLayer moves by 1, Keras's and PyTorch's by the size of the window."
    )


def weight_shape() -> str:
    """Question 6: what does the weight shape mean?"""
    network = read("example:mnist_weights")
    answer = network.summary()
    row = _rows(answer.answer, "convolution")[1]
    kernel = _kernel(row)
    taps = f"{kernel['height']} x {kernel['width']}"
    name = row.weights[0].name
    found = next(one for one in answer.weights() if one.weight.name == name)
    shapes = [
        f"{[dim for _, dim in axes]} ({', '.join([axis for axis, _ in axes])}) in {_listed(who)}"
        for axes, who in found.orders
    ]
    return (
        f"{kernel['out']} filters, each {taps} x {kernel['in']}: every filter looks at all "
        f"{kernel['in']} values of its {taps} patch, local in space and full in depth. "
        f'"{kernel["in"]} inputs" is an image with {kernel["in"]} values at every point. '
        f"{_parameters(row)} parameters.\n"
        f"The same tensor is {'; and '.join(shapes)}: only the order of the axes differs."
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def conv3d_or_channels() -> tuple[list[str], list[list[str]], str]:
    """Question 1: headings, one row per fact with the three designs, and the answer in words."""
    names = ["conv3d", "time_as_channels_one", "time_as_channels"]
    layers = [_rows(summarised(name), "convolution")[0] for name in names]
    volume, _, channels = layers
    heads = ["", "Conv3D 1 -> 1", "Conv2D 16 -> 1", "Conv2D 16 -> 16"]
    frames = [_frames(row) for row in layers]
    rows = [
        ["weights + bias", *[_weights(row) for row in layers]],
        ["output frames", *[str(count) for count in frames]],
        ["multiply-adds", *[f"{row.cost.forward:,}" for row in layers]],
        ["per output frame", *[_per_frame(row, n) for row, n in zip(layers, frames, strict=True)]],
    ]
    macs = _ratio(channels.cost.forward, volume.cost.forward)
    weights = _ratio(channels.weights[0].elements, volume.weights[0].elements)
    text = (
        f"One 2-D filter is the cheapest, but it makes one frame. For the same {frames[0]} output "
        f"frames the 3-D layer needs {macs:.1f} times less arithmetic and {weights:.0f} times "
        f"fewer weights: it shares them over time, so that a shift in time shifts the output. "
        f"The 2-D layer shares nothing over time and fixes the number of steps. "
        f"The activations are the same size: {frames[0]} frames."
    )
    return heads, rows, text


def _frames(row: Row) -> int:
    """Output images: time steps of a volume, channels of an image."""
    axes = {axis.role: axis.dim for axis in row.outputs[0].axes}
    frames = axes.get("depth", 1) * axes["channel"]
    assert type(frames) is int
    return frames


def _weights(row: Row) -> str:
    return " + ".join(f"{weight.elements:,}" for weight in row.weights)


def _per_frame(row: Row, frames: int) -> str:
    assert type(row.cost.forward) is int
    return f"{row.cost.forward // frames:,}"


def _ratio(over: object, under: object) -> float:
    assert type(over) is int
    assert type(under) is int
    return over / under


def in_other_dialects() -> str:
    """Which examples are written twice, and that both codes say the same network."""
    names = example_names()
    pairs = [
        (one, f"{one}_{end}")
        for one in names
        for end in ("torch", "keras")
        if f"{one}_{end}" in names and (one, end) != ("mnist_weights", "torch")
    ]
    same = [
        f"{one} and {two}"
        for one, two in pairs
        if read(f"example:{one}").difference(read(f"example:{two}")) is None
    ]
    return (
        f"{len(same)} of {len(pairs)} examples that are written in two frameworks are the same "
        f"network, layer by layer: {', '.join(same)}. Keras, TensorFlow and MATLAB have the "
        f"channels last, PyTorch first; sizes, parameters and multiply-adds are equal to the last "
        f"digit."
    )
