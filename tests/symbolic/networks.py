"""Networks from code with SHAPE where the input's shape goes, and what their sizes must satisfy."""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = "import keras\nfrom keras import Input, Model, layers\n"


@dataclass(frozen=True, slots=True)
class Network:
    """Code with SHAPE in it; `axes` are the letters of the open sizes, in order.

    `constraints` is what must be printed; `legal` are sizes that satisfy it, one per axis.
    `stretched` are sizes at which Keras would repeat a size of 1 to fit, so that the code runs;
    convwise asks that sizes fit as they are.
    """

    name: str
    code: str
    axes: str
    channels: int
    constraints: tuple[str, ...]
    legal: tuple[int, ...]
    stretched: tuple[int, ...] = ()

    def at(self, *sizes: int | None) -> str:
        """The code with these sizes in the place of the open ones."""
        shape = ", ".join(str(size) for size in (*sizes, self.channels))
        return self.code.replace("SHAPE", f"({shape})")

    @property
    def open(self) -> str:
        """The code as its users write it: every size is None."""
        return self.at(*[None] * len(self.axes))


_U_NET = """
def block(x, width):
    for _ in range(2):
        x = layers.Conv{n}D(width, 3, padding="same", activation="relu")(x)
    return x

def unet(levels, width=8):
    inputs = x = Input(shape=SHAPE)
    skips = []
    for level in range(levels):
        x = block(x, width * 2**level)
        skips.append(x)
        x = layers.MaxPooling{n}D(2)(x)
        x = layers.Dropout(0.1)(x)
    x = block(x, width * 2**levels)
    for level in reversed(range(levels)):
        x = layers.Conv{n}DTranspose(width * 2**level, 2, strides=2, padding="same")(x)
        x = layers.concatenate([x, skips.pop()])
        x = block(x, width * 2**level)
    return Model(inputs, layers.Conv{n}D(2, 1, activation="sigmoid")(x))

model = unet({levels})
"""

_U_NET_VALID = """
def block(x, width):
    x = layers.Conv2D(width, 3, activation="relu")(x)
    return layers.Conv2D(width, 3, activation="relu")(x)

inputs = Input(SHAPE)
one = block(inputs, 8)
two = block(layers.MaxPooling2D()(one), 16)
three = block(layers.MaxPooling2D()(two), 32)
up = layers.Conv2DTranspose(16, 2, strides=2)(three)
x = block(layers.concatenate([layers.Cropping2D(4)(two), up]), 16)
up = layers.Conv2DTranspose(8, 2, strides=2)(x)
x = block(layers.concatenate([layers.Cropping2D(16)(one), up]), 8)
model = Model(inputs, layers.Conv2D(2, 1)(x))
"""

_STRIDED = """
inputs = x = Input(SHAPE)
skips = []
for width in (8, 16, 32):
    skips.append(x)
    x = layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU()(x)
for width in (16, 8, 4):
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same")(x)
    x = layers.Concatenate()([x, skips.pop()])
model = Model(inputs, x)
"""

_AUTOENCODER = """
inputs = Input(SHAPE)
one = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
x = layers.AveragePooling2D(2, padding="same")(one)
x = two = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
x = layers.AveragePooling2D(2, padding="same")(x)
x = layers.UpSampling2D(2)(x)
x = layers.Add()([x, two])
x = layers.UpSampling2D(2)(x)
x = layers.Add()([x, one])
model = Model(inputs, layers.Conv2D(3, 3, padding="same")(x))
"""

_CLASSIFIER = """
inputs = x = Input(SHAPE)
for width in (8, 16, 32):
    x = layers.Conv2D(width, 5, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
x = layers.GlobalAveragePooling2D()(x)
model = Model(inputs, layers.Dense(10, activation="softmax")(x))
"""

_REDUCTION = """
inputs = Input(SHAPE)
a = layers.Conv2D(8, 3, strides=2)(inputs)
b = layers.MaxPooling2D(3, strides=2)(inputs)
c = layers.SeparableConv2D(8, 3, strides=2)(inputs)
model = Model(inputs, layers.concatenate([a, b, c]))
"""

_ODD = """
inputs = Input(SHAPE)
a = layers.Conv2D(8, 3, strides=2)(inputs)
b = layers.MaxPooling2D(2)(inputs)
c = layers.Conv2D(8, 2, strides=2)(inputs)
x = layers.concatenate([b, c])
model = Model(inputs, layers.concatenate([a, x]))
"""

_SIDE_OUTPUTS = """
inputs = x = Input(SHAPE)
sides = []
for level in range(4):
    x = layers.Conv2D(8, 3, padding="same")(x)
    side = layers.Conv2D(1, 1)(x)
    if level:
        side = layers.UpSampling2D(2**level, interpolation="bilinear")(side)
    sides.append(side)
    x = layers.MaxPooling2D()(x) if level < 3 else x
model = Model(inputs, layers.concatenate(sides))
"""

_LINE = """
inputs = x = Input(SHAPE)
skips = []
for width in (8, 16):
    x = layers.Conv1D(width, 9, padding="same")(x)
    skips.append(x)
    x = layers.MaxPooling1D(4)(x)
for width in (16, 8):
    x = layers.Conv1DTranspose(width, 8, strides=4, padding="same")(x)
    x = layers.Concatenate()([x, skips.pop()])
model = Model(inputs, layers.Conv1D(1, 1)(x))
"""

_CAUSAL = """
inputs = x = Input(SHAPE)
for rate in (1, 2, 4, 8):
    y = layers.Conv1D(8, 2, dilation_rate=rate, padding="causal")(x)
    x = layers.Conv1D(8, 1)(y) if rate == 1 else layers.add([x, y])
model = Model(inputs, x)
"""

_SQUARE = """
inputs = Input(SHAPE)
x = layers.Conv2D(4, 3, padding="same")(inputs)
turned = layers.Permute((2, 1, 3))(x)
model = Model(inputs, layers.Concatenate()([x, turned]))
"""

_PADDED = """
inputs = x = Input(SHAPE)
x = layers.ZeroPadding2D(3)(x)
x = layers.Conv2D(8, 7, strides=2)(x)
x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
x = y = layers.MaxPooling2D(3, strides=2)(x)
x = layers.DepthwiseConv2D(3, strides=(2, 1), padding="same")(x)
x = layers.UpSampling2D((2, 1))(x)
model = Model(inputs, layers.Concatenate()([x, y]))
"""

_DILATED = """
inputs = x = Input(SHAPE)
branches = [layers.Conv2D(4, 3, dilation_rate=r, padding="same")(x) for r in (1, 6, 12)]
x = layers.Concatenate()(branches)
x = layers.Conv2D(4, 3, dilation_rate=4)(x)
x = layers.Conv2D(4, 3, strides=3)(x)
model = Model(inputs, x)
"""

_EVEN = ("H % 16 == 0", "W % 16 == 0")


def _all() -> list[Network]:
    def made(
        name: str,
        code: str,
        axes: str,
        channels: int,
        constraints: tuple[str, ...],
        legal: tuple[int, ...],
        stretched: tuple[int, ...] = (),
    ) -> Network:
        return Network(name, _HEAD + code, axes, channels, constraints, legal, stretched)

    flat = _U_NET.format(n=2, levels=4)
    solid = _U_NET.format(n=3, levels=3)
    fourths = ("H % 4 == 0", "H >= 44", "W % 4 == 0", "W >= 44")
    odd = ("H % 2 == 1", "H >= 3", "W % 2 == 1", "W >= 3")
    padded = ("(H + 1) % 8 <= 3", "H >= 7", "W >= 3")
    eighths = ("D % 8 == 0", "H % 8 == 0", "W % 8 == 0")
    return [
        made("U-Net", flat, "HW", 3, _EVEN, (32, 48)),
        made("U-Net in 3-D", solid, "DHW", 1, eighths, (16, 8, 24)),
        made("U-Net of valid convolutions", _U_NET_VALID, "HW", 1, fourths, (60, 76)),
        made("strided U-Net", _STRIDED, "HW", 3, ("H % 8 == 0", "W % 8 == 0"), (24, 16)),
        made("autoencoder", _AUTOENCODER, "HW", 3, ("H % 4 == 0", "W % 4 == 0"), (8, 20), (1,)),
        made("classifier", _CLASSIFIER, "HW", 3, ("H >= 36", "W >= 36"), (40, 36)),
        made("reduction", _REDUCTION, "HW", 4, ("H >= 3", "W >= 3"), (7, 3)),
        made("odd sizes", _ODD, "HW", 3, odd, (7, 9)),
        made("side outputs", _SIDE_OUTPUTS, "HW", 3, ("H % 8 == 0", "W % 8 == 0"), (8, 16)),
        made("U-Net of a line", _LINE, "T", 2, ("T % 16 == 0",), (48,)),
        made("causal", _CAUSAL, "T", 2, (), (5,)),
        made("square", _SQUARE, "HW", 3, ("H == W",), (6, 6)),
        made("padded", _PADDED, "HW", 3, padded, (17, 8)),
        made("dilated", _DILATED, "HW", 3, ("H >= 11", "W >= 11"), (12, 11)),
    ]


NETWORKS = _all()
