"""Networks: layer arrays, layer graphs, dlnetworks, functions, names, inputs, and every mistake."""

from __future__ import annotations

import pytest

import convwise
from convwise.errors import ConvwiseError
from convwise.network import Network

IN = "layers = [imageInputLayer([8 8 3])\n"


def read(code: str, **how: object) -> Network:
    return convwise.read(code, dialect="matlab", **how)  # type: ignore[arg-type]


def names(net: Network) -> list[str]:
    return [layer.name for layer in net.graph.layers]


def test_names_are_matlabs() -> None:
    net = read(
        IN + "convolution2dLayer(3, 4)\nreluLayer\nconvolution2dLayer(3, 4, Name='mine')\n"
        "reluLayer\nfullyConnectedLayer(2)];"
    )
    assert names(net) == ["imageinput", "conv", "relu_1", "mine", "relu_2", "fc"]
    assert {"conv/Weights", "conv/Bias", "mine/Weights", "fc/Weights"} <= set(net.graph.weights)


SAME = {
    "an array": IN + "convolution2dLayer(3, 4, 'Name', 'c')\nreluLayer('Name', 'r')];",
    "grown at its end": "layers = imageInputLayer([8 8 3]);\n"
    "layers(end+1) = convolution2dLayer(3, 4, 'Name', 'c');\n"
    "layers(end+1) = reluLayer('Name', 'r');",
    "a layer graph": "g = layerGraph(imageInputLayer([8 8 3], 'Name', 'i'));\n"
    "g = addLayers(g, convolution2dLayer(3, 4, 'Name', 'c'));\n"
    "g = addLayers(g, reluLayer('Name', 'r'));\ng = connectLayers(g, 'i', 'c');\n"
    "g = connectLayers(g, 'c', 'r');",
    "a dlnetwork": "net = dlnetwork;\nnet = addLayers(net, [imageInputLayer([8 8 3])\n"
    "convolution2dLayer(3, 4, Name=\"c\")]);\nnet = addLayers(net, reluLayer(Name='r'));\n"
    "net = net.connectLayers('c', 'r/in');\nnet = initialize(net);",
    "a function": "net = make(4);\nfunction layers = make(n)\nlayers = [imageInputLayer([8 8 3])\n"
    "convolution2dLayer(3, n)\nreluLayer];\nend",
    "a function alone": "function layers = make(n)\nif nargin < 1\nn = 4;\nend\n"
    "layers = [imageInputLayer([8 8 3]); convolution2dLayer(3, n); reluLayer];\nend",
    "replaced": IN + "convolution2dLayer(5, 9, 'Name', 'old')\nreluLayer('Name', 'r')];\n"
    "g = replaceLayer(layerGraph(layers), 'old', convolution2dLayer(3, 4, 'Name', 'c'));",
    "taken apart": "i = imageInputLayer([8 8 3]);\nc = {convolution2dLayer(3, 4), reluLayer};\n"
    "layers = [i; c{1}; c{2}];",
    "with training": IN + "convolution2dLayer(3, 4)\nreluLayer];\n[XTrain, YTrain] = data();\n"
    "options = trainingOptions('sgdm', 'MaxEpochs', 4);\n"
    "net = trainNetwork(XTrain, YTrain, layers, options);\nY = classify(net, XTest);",
}


@pytest.mark.parametrize("how", SAME)
def test_the_same_network_however_it_is_put_together(how: str) -> None:
    assert read(SAME[how]).difference(read(SAME["an array"])) is None


BRANCHES = """
layers = [
    imageInputLayer([16 16 3], 'Name', 'in')
    convolution2dLayer(3, 8, 'Padding', 'same', 'Name', 'a')
    reluLayer('Name', 'r')
    convolution2dLayer(3, 8, 'Padding', 'same', 'Name', 'b')
    additionLayer(2, 'Name', 'add')
    reluLayer('Name', 'out')];
lgraph = layerGraph(layers);
lgraph = connectLayers(lgraph, 'r', 'add/in2');
"""


def test_branches() -> None:
    net = read(BRANCHES)
    code = (
        "import keras\nfrom keras import layers\ni = keras.Input((16, 16, 3))\n"
        "a = layers.Conv2D(8, 3, padding='same', activation='relu')(i)\n"
        "b = layers.Conv2D(8, 3, padding='same')(a)\n"
        "m = keras.Model(i, layers.ReLU()(layers.Add()([b, a])))\n"
    )
    assert net.difference(convwise.read(code)) is None


def test_a_file_with_several_networks() -> None:
    code = (
        IN.replace("layers", "small")
        + "reluLayer];\n"
        + IN
        + "convolution2dLayer(3, 4)\nreluLayer];"
    )
    assert read(code).graph.name == "layers"
    assert "small" in read(code).graph.notes[0].message
    assert len(read(code, name="small").graph.layers) == 2


def test_given_sizes_and_settings() -> None:
    code = "imds = imageDatastore('x');\nclasses = numel(categories(imds.Labels));\n" + IN
    code += "fullyConnectedLayer(classes)];"
    with pytest.raises(ConvwiseError, match="classes") as caught:
        read(code)
    assert caught.value.hint == "give its value: --set classes=..."
    net = read(code, settings={"classes": 7}, input=(4, 6, 3))
    assert net.graph.weights["fc/Weights"].shape == (7, 72)
    open_height = read(code, settings={"classes": 7}, input=("H", 6, 3))
    assert str(open_height.graph.weights["fc/Weights"].elements) == "126*H"


WRONG = {
    "convolution2dLayer(3, 4, 'Strid', 2)": "did you mean Stride",
    "convolution2dLayer(3)": "needs NumFilters",
    "convolution2dLayer(3, 4, 'Stride')": "without a value",
    "convolution2dLayer(30, 4)": "larger than its input",
    "convolution3dLayer(3, 4)": "convolution2dLayer",
    "convolutoin2dLayer(3, 4)": "did you mean convolution2dLayer",
    "maxPooling2dLayer(2, 'Padding', 'sme')": "did you mean 'same'",
    "additionLayer(2)": "nothing is connected to its input in2",
    "reluLayer('Name', 'a')\nreluLayer('Name', 'a')": "two layers are named 'a'",
    "fullyConnectedLayer(0)": "positive integer",
}


@pytest.mark.parametrize("layer", WRONG)
def test_mistakes_in_layers(layer: str) -> None:
    with pytest.raises(ConvwiseError) as caught:
        read(IN + layer + "];")
    assert WRONG[layer] in str(caught.value)
    assert caught.value.where.line is not None


GRAPHS = {
    "g = connectLayers(lgraph, 'nobody', 'add')": "no layer 'nobody'",
    "g = connectLayers(lgraph, 'r', 'add/in9')": "no port 'in9'",
    "g = connectLayers(lgraph, 'r', 'add')": "one must be named",
    "g = connectLayers(lgraph, 'b', 'add/in2')": "connected to 'r' already",
    "g = disconnectLayers(lgraph, 'in', 'out')": "are not connected",
    "g = removeLayers(lgraph, 'zzz')": "no layer 'zzz'",
    "g = disconnectLayers(lgraph, 'in', 'a'); g = connectLayers(g, 'out', 'a')": "loop",
    "g = layerGraph(3)": "layers are needed",
}


@pytest.mark.parametrize("line", GRAPHS)
def test_mistakes_in_graphs(line: str) -> None:
    with pytest.raises(ConvwiseError) as caught:
        read(BRANCHES + line, name="g")
    assert GRAPHS[line] in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = 1;", "no network was found"),
        ("layers = [reluLayer; reluLayer];", "has no input layer"),
        (IN + "reluLayer];\n", "no network named other"),
        ("function l = make(n)\nl = [imageInputLayer([n n 1]); reluLayer];\nend", "`n`"),
    ],
)
def test_nothing_to_read(code: str, words: str) -> None:
    with pytest.raises(ConvwiseError, match=words):
        read(code, name="other" if "other" in words else None)


def test_layers_that_are_not_known() -> None:
    net = read(IN + "myOwnLayer('Name', 'mine')\nconvolution2dLayer(3, 4)];")
    assert [fact.layer for fact in net.graph.unknown] == ["mine", "conv"]


def test_the_changed_line_of_a_repair() -> None:
    from convwise.dialects.matlab.edit import changed_line

    text = "a = maxPooling2dLayer(2, 'Stride', 1, 'Padding', 'same');\nb = maxPooling2dLayer(2);\n"
    text += "c = maxPooling2dLayer(2, Stride=1);\nd = [reluLayer; reluLayer()];"
    found = [changed_line(text, line, "maxPooling2dLayer", "Stride", (2, 1)) for line in (1, 2, 3)]
    assert found == [
        "a = maxPooling2dLayer(2, 'Stride', [2 1], 'Padding', 'same');",
        "b = maxPooling2dLayer(2, 'Stride', [2 1]);",
        "c = maxPooling2dLayer(2, Stride=[2 1]);",
    ]
    assert changed_line(text, 4, "maxPooling2dLayer", "Stride", 2) is None
