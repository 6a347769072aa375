"""ESPCN (Shi et al. 2016): super-resolution by depth-to-space, for a luminance image of any size."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def get_model(upscale_factor=3, channels=1):
    conv_args = {
        "activation": "relu",
        "kernel_initializer": "orthogonal",
        "padding": "same",
    }
    inputs = keras.Input(shape=(None, None, channels))
    x = layers.Conv2D(64, 5, **conv_args)(inputs)
    x = layers.Conv2D(64, 3, **conv_args)(x)
    x = layers.Conv2D(32, 3, **conv_args)(x)
    x = layers.Conv2D(channels * (upscale_factor**2), 3, **conv_args)(x)
    outputs = layers.Lambda(lambda t: tf.nn.depth_to_space(t, upscale_factor), name="pixel_shuffle")(x)

    return keras.Model(inputs, outputs)


early_stopping_callback = keras.callbacks.EarlyStopping(monitor="loss", patience=10)
model_checkpoint_callback = keras.callbacks.ModelCheckpoint(
    filepath="/tmp/checkpoint", save_weights_only=True, monitor="loss", mode="min", save_best_only=True
)

model = get_model(upscale_factor=3, channels=1)
model.summary()
