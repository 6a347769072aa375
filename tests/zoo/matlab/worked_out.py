"""Sizes, learnables and multiply-adds of MATLAB's layers by hand; must never import convwise.

Every method is one layer, its arithmetic written down from the layer's documentation page, which
`PAGES` names. A size is (steps, space, channels) of one observation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, prod
from typing import NamedTuple

Ints = tuple[int, ...]
Same = str


class Size(NamedTuple):
    """What flows: pixels along each axis of space, channels, time steps (0: no sequence).

    `folded`: so many steps stand among the observations.
    """

    space: Ints
    channels: int
    steps: int = 0
    folded: int = 1

    @property
    def activations(self) -> list[int]:
        return [*([self.steps] if self.steps else []), *self.space, self.channels]

    @property
    def features(self) -> int:
        """Values at one time step."""
        return prod(self.space) * self.channels

    @property
    def positions(self) -> int:
        """Places where a window stands, of all steps."""
        return prod(self.space) * max(self.steps, 1) * self.folded


@dataclass
class Sheet:
    """A network, layer by layer; `rows` by name in the order they were added."""

    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)

    def put(self, name: str, kind: str, size: Size, learnables: int = 0, macs: int = 0) -> str:
        assert name not in self.rows, name
        self.sizes[name] = size
        self.rows[name] = {
            "type": kind,
            "activations": size.activations,
            "learnables": learnables,
            "macs": macs,
        }
        return name

    def same(self, name: str, x: str, kind: str, learnables: int = 0) -> str:
        """A layer whose output is as large as its input."""
        return self.put(name, kind, self.sizes[x], learnables)

    def chain(self, x: str, *layers: tuple[str, str]) -> str:
        """Layers (name, type) without learnables that keep the size, one after the other."""
        for name, kind in layers:
            x = self.same(name, x, kind)
        return x

    def image(self, name: str, *size: int) -> str:
        kind = "imageInputLayer" if len(size) == 3 else "image3dInputLayer"
        return self.put(name, kind, Size(size[:-1], size[-1]))

    def sequence(self, name: str, steps: int, *size: int) -> str:
        return self.put(name, "sequenceInputLayer", Size(size[:-1], size[-1], steps))

    def vector(self, name: str, channels: int) -> str:
        return self.put(name, "featureInputLayer", Size((), channels))

    def conv(
        self,
        name: str,
        x: str,
        kernel: int | Ints,
        filters: int,
        stride: int | Ints = 1,
        pad: str | int | tuple[Ints, ...] = 0,
        dilation: int | Ints = 1,
    ) -> str:
        """f (k c + 1) learnables; every output value sums k c products."""
        space, taps, rank = self._windows(x, kernel, stride, pad, dilation)
        size = self.sizes[x]
        out = self._moved(size, space, filters)
        one = taps * size.channels
        kind = f"convolution{rank}dLayer"
        return self.put(name, kind, out, filters * (one + 1), out.positions * filters * one)

    def grouped(
        self,
        name: str,
        x: str,
        kernel: int | Ints,
        each: int,
        groups: int,
        stride: int | Ints = 1,
        pad: str | int | tuple[Ints, ...] = 0,
    ) -> str:
        """Each of the groups sees c / groups channels and has `each` filters."""
        space, taps, _ = self._windows(x, kernel, stride, pad, 1)
        size = self.sizes[x]
        out = self._moved(size, space, each * groups)
        one = taps * size.channels // groups
        learnables = each * groups * (one + 1)
        macs = out.positions * out.channels * one
        return self.put(name, "groupedConvolution2dLayer", out, learnables, macs)

    def transposed(
        self,
        name: str,
        x: str,
        kernel: int,
        filters: int,
        stride: int,
        crop: str | int = 0,
    ) -> str:
        """s (n - 1) + k - 2 crop, or s n; every input value is multiplied with k f weights."""
        size = self.sizes[x]
        whole = size.space or (size.steps,)
        total = stride - kernel if crop == "same" else -2 * int(crop)
        out = tuple([stride * (n - 1) + kernel + total for n in whole])
        if crop == "same":
            out = tuple([stride * n for n in whole])
        taps = kernel ** len(whole)
        learnables = filters * (taps * size.channels + 1)
        macs = size.positions * size.channels * taps * filters
        kind = f"transposedConv{len(whole)}dLayer"
        return self.put(name, kind, self._moved(size, out, filters), learnables, macs)

    def pool(
        self,
        name: str,
        x: str,
        kind: str,
        kernel: int | Ints,
        stride: int | Ints = 1,
        pad: str | int | tuple[Ints, ...] = 0,
    ) -> str:
        space, _, rank = self._windows(x, kernel, stride, pad, 1)
        size = self.sizes[x]
        return self.put(name, f"{kind}Pooling{rank}dLayer", self._moved(size, space, size.channels))

    def everywhere(self, name: str, x: str, kind: str) -> str:
        """Global pooling: one pixel is left of space; time goes where there is no space."""
        size = self.sizes[x]
        rank = len(size.space) or 1
        out = Size((1,) * len(size.space), size.channels, size.steps if size.space else 0)
        return self.put(name, f"global{kind}Pooling{rank}dLayer", out)

    def connected(self, name: str, x: str, outputs: int) -> str:
        """outputs (features + 1) learnables; every time step on its own."""
        size = self.sizes[x]
        runs = max(size.steps, 1)
        out = Size((), outputs, size.steps)
        learnables = outputs * (size.features + 1)
        return self.put(
            name, "fullyConnectedLayer", out, learnables, runs * outputs * size.features
        )

    def normalised(self, name: str, x: str, kind: str) -> str:
        """An offset and a scale per channel; moving statistics are state and no learnables."""
        return self.same(name, x, f"{kind}NormalizationLayer", 2 * self.sizes[x].channels)

    def joined(self, name: str, kind: str, *inputs: str) -> str:
        """Channels one behind the other."""
        sizes = [self.sizes[one] for one in inputs]
        return self.put(name, kind, sizes[0]._replace(channels=sum(one.channels for one in sizes)))

    def lstm(
        self, name: str, x: str, units: int, mode: str = "sequence", both: bool = False
    ) -> str:
        """4u (d + u + 1) learnables, twice where both directions are run."""
        return self._recurrent(name, x, units, mode, 4, 1, both)

    def gru(self, name: str, x: str, units: int, mode: str = "sequence", biases: int = 1) -> str:
        """3u (d + u + biases) learnables."""
        return self._recurrent(name, x, units, mode, 3, biases, False)

    def _recurrent(
        self, name: str, x: str, units: int, mode: str, gates: int, biases: int, both: bool
    ) -> str:
        size = self.sizes[x]
        runs = 2 if both else 1
        products = runs * gates * units * (size.channels + units)
        out = Size((), runs * units, size.steps if mode == "sequence" else 0)
        kind = "gruLayer" if gates == 3 else "bilstmLayer" if both else "lstmLayer"
        learnables = products + runs * gates * units * biases
        return self.put(name, kind, out, learnables, size.steps * products)

    def words(self, name: str, x: str, dimension: int, words: int) -> str:
        """A vector per word, and one for all words that are not known."""
        size = self.sizes[x]
        out = Size((), dimension, size.steps)
        return self.put(name, "wordEmbeddingLayer", out, dimension * (words + 1))

    def attention(self, name: str, x: str, heads: int, keys: int) -> str:
        """Four projections with biases; every query with every key, and the values averaged."""
        size = self.sizes[x]
        c, t = size.channels, size.steps
        learnables = 3 * keys * (c + 1) + c * (keys + 1)
        macs = t * (3 * keys * c + c * keys) + 2 * t * t * keys
        return self.put(name, "selfAttentionLayer", size, learnables, macs)

    def _moved(self, size: Size, space: Ints, channels: int) -> Size:
        if size.space:
            return size._replace(space=space, channels=channels)
        return size._replace(steps=space[0], channels=channels)

    def _windows(
        self,
        x: str,
        kernel: int | Ints,
        stride: int | Ints,
        pad: str | int | tuple[Ints, ...],
        dilation: int | Ints,
    ) -> tuple[Ints, int, int]:
        """Sizes after sliding, pixels of a window, number of axes."""
        size = self.sizes[x]
        whole = size.space or (size.steps,)
        rank = len(whole)
        kernels, strides, apart = (_each(one, rank) for one in (kernel, stride, dilation))
        out = []
        for axis, n in enumerate(whole):
            extent = (kernels[axis] - 1) * apart[axis] + 1
            if pad == "same":
                out.append(ceil(n / strides[axis]))
                continue
            if pad == "causal":
                added = extent - 1
            else:
                added = 2 * pad if isinstance(pad, int) else sum(pad[axis])  # type: ignore[arg-type]
            out.append((n + added - extent) // strides[axis] + 1)
        return tuple(out), prod(kernels), rank


def _each(value: int | Ints, rank: int) -> Ints:
    return (value,) * rank if isinstance(value, int) else value


#: The documentation page that states each layer's rule, by its title (MathWorks, Deep Learning
#: Toolbox; crops of Image Processing Toolbox and words of Text Analytics Toolbox).
PAGES: dict[str, str] = {
    "convolution1dLayer": "convolution1dLayer: 1-D convolutional layer",
    "convolution2dLayer": "convolution2dLayer: 2-D convolutional layer",
    "convolution3dLayer": "convolution3dLayer: 3-D convolutional layer",
    "groupedConvolution2dLayer": "groupedConvolution2dLayer: 2-D grouped convolutional layer",
    "transposedConv1dLayer": "transposedConv1dLayer: Transposed 1-D convolution layer",
    "transposedConv2dLayer": "transposedConv2dLayer: Transposed 2-D convolution layer",
    "transposedConv3dLayer": "transposedConv3dLayer: Transposed 3-D convolution layer",
    "maxPooling1dLayer": "maxPooling1dLayer: 1-D max pooling layer",
    "maxPooling2dLayer": "maxPooling2dLayer: Max pooling layer",
    "maxPooling3dLayer": "maxPooling3dLayer: 3-D max pooling layer",
    "averagePooling1dLayer": "averagePooling1dLayer: 1-D average pooling layer",
    "averagePooling2dLayer": "averagePooling2dLayer: Average pooling layer",
    "averagePooling3dLayer": "averagePooling3dLayer: 3-D average pooling layer",
    "globalMaxPooling1dLayer": "globalMaxPooling1dLayer: 1-D global max pooling layer",
    "globalMaxPooling2dLayer": "globalMaxPooling2dLayer: Global max pooling layer",
    "globalMaxPooling3dLayer": "globalMaxPooling3dLayer: 3-D global max pooling layer",
    "globalAveragePooling1dLayer": "globalAveragePooling1dLayer: 1-D global average pooling layer",
    "globalAveragePooling2dLayer": "globalAveragePooling2dLayer: 2-D global average pooling layer",
    "maxUnpooling2dLayer": "maxUnpooling2dLayer: Max unpooling layer",
    "fullyConnectedLayer": "fullyConnectedLayer: Fully connected layer; fullyconnect: Sum all "
    "weighted input data and apply a bias",
    "flattenLayer": "flattenLayer: Flatten layer",
    "batchNormalizationLayer": "batchNormalizationLayer: Batch normalization layer",
    "groupNormalizationLayer": "groupNormalizationLayer: Group normalization layer",
    "instanceNormalizationLayer": "instanceNormalizationLayer: Instance normalization layer",
    "layerNormalizationLayer": "layerNormalizationLayer: Layer normalization layer",
    "crossChannelNormalizationLayer": "crossChannelNormalizationLayer: Channel-wise local "
    "response normalization layer",
    "lstmLayer": "lstmLayer: Long short-term memory (LSTM) layer",
    "bilstmLayer": "bilstmLayer: Bidirectional LSTM (BiLSTM) layer",
    "gruLayer": "gruLayer: Gated recurrent unit (GRU) layer",
    "wordEmbeddingLayer": "wordEmbeddingLayer: Word embedding layer (Text Analytics Toolbox)",
    "positionEmbeddingLayer": "positionEmbeddingLayer: Position embedding layer",
    "selfAttentionLayer": "selfAttentionLayer: Self-attention layer",
    "indexing1dLayer": "indexing1dLayer: 1-D indexing layer",
    "additionLayer": "additionLayer: Addition layer",
    "multiplicationLayer": "multiplicationLayer: Multiplication layer",
    "concatenationLayer": "concatenationLayer: Concatenation layer",
    "depthConcatenationLayer": "depthConcatenationLayer: Depth concatenation layer",
    "crop2dLayer": "crop2dLayer: 2-D crop layer",
    "resize2dLayer": "resize2dLayer: 2-D resize layer (Image Processing Toolbox)",
    "depthToSpace2dLayer": "depthToSpace2dLayer: Depth to space layer (Image Processing Toolbox)",
    "spaceToDepthLayer": "spaceToDepthLayer: Space to depth layer (Image Processing Toolbox)",
    "preluLayer": "preluLayer: Parametrized Rectified Linear Unit (PReLU) layer",
    "sequenceFoldingLayer": "sequenceFoldingLayer: Sequence folding layer",
    "sequenceUnfoldingLayer": "sequenceUnfoldingLayer: Sequence unfolding layer",
}

#: Layers whose page, or the page of the same operation on arrays, was read in a published copy.
READ = frozenset(
    (
        "convolution2dLayer",
        "groupedConvolution2dLayer",
        "transposedConv2dLayer",
        "maxPooling2dLayer",
        "averagePooling1dLayer",
        "globalAveragePooling1dLayer",
        "fullyConnectedLayer",
        "flattenLayer",
        "batchNormalizationLayer",
        "layerNormalizationLayer",
        "crossChannelNormalizationLayer",
        "gruLayer",
        "wordEmbeddingLayer",
        "positionEmbeddingLayer",
        "selfAttentionLayer",
        "crop2dLayer",
        "depthToSpace2dLayer",
        "spaceToDepthLayer",
    )
)
