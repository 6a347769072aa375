"""One small network per way to normalise, built from a table; every norm sits between two convolutions."""
import keras
from keras import layers

NORMS = {
    "batch": lambda: layers.BatchNormalization(),
    "batch_plain": lambda: layers.BatchNormalization(center=False, scale=False),
    "layer": lambda: layers.LayerNormalization(),
    "layer_all": lambda: layers.LayerNormalization(axis=[1, 2, 3]),
    "layer_rms": lambda: layers.RMSNormalization(),
    "group": lambda: layers.GroupNormalization(groups=8),
    "instance": lambda: layers.GroupNormalization(groups=-1, scale=False),
    "unit": lambda: layers.UnitNormalization(axis=-1),
}


def network(norm, width=32):
    return keras.Sequential(
        [
            keras.Input((48, 64, 3)),
            layers.Conv2D(width, 3, padding="same", use_bias=norm != "batch"),
            NORMS[norm](),
            layers.Activation("gelu"),
            layers.Conv2D(2 * width, 3, strides=2),
            NORMS[norm](),
            layers.ELU(alpha=0.5),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ],
        name=f"norm_{norm}",
    )


batch = network("batch")
batch_plain = network("batch_plain")
layer = network("layer")
layer_all = network("layer_all", width=16)
rms = network("layer_rms")
group = network(norm="group")
instance = network(norm="instance")
unit = network("unit")
