"""ConvNeXt-Tiny (Liu et al. 2022): depthwise 7x7, layer normalisation, a learned scale per channel."""
import keras
import numpy as np
from keras import layers, ops

DEPTHS = [3, 3, 9, 3]
PROJECTION_DIMS = [96, 192, 384, 768]


class LayerScale(layers.Layer):
    """One learned factor per channel, small at the start."""

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, _):
        self.gamma = self.add_weight(
            shape=(self.projection_dim,),
            initializer=keras.initializers.Constant(self.init_values),
            trainable=True,
            name="gamma",
        )

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        config = super().get_config()
        config.update({"init_values": self.init_values, "projection_dim": self.projection_dim})
        return config


class StochasticDepth(layers.Layer):
    def __init__(self, drop_path_rate, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x, training=None):
        if training:
            keep_prob = 1 - self.drop_path_rate
            shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
            random_tensor = keep_prob + keras.random.uniform(shape, 0, 1)
            return (x / keep_prob) * ops.floor(random_tensor)
        return x


def ConvNeXtBlock(projection_dim, drop_path_rate=0.0, layer_scale_init_value=1e-6, name=None):
    def apply(inputs):
        x = inputs
        x = layers.Conv2D(filters=projection_dim, kernel_size=7, padding="same", groups=projection_dim,
                          name=name + "_depthwise_conv")(x)
        x = layers.LayerNormalization(epsilon=1e-6, name=name + "_layernorm")(x)
        x = layers.Dense(4 * projection_dim, name=name + "_pointwise_conv_1")(x)
        x = layers.Activation("gelu", name=name + "_gelu")(x)
        x = layers.Dense(projection_dim, name=name + "_pointwise_conv_2")(x)
        if layer_scale_init_value is not None:
            x = LayerScale(layer_scale_init_value, projection_dim, name=name + "_layer_scale")(x)
        if drop_path_rate:
            layer = StochasticDepth(drop_path_rate, name=name + "_stochastic_depth")
        else:
            layer = layers.Activation("linear", name=name + "_identity")
        return inputs + layer(x)

    return apply


def ConvNeXt(depths, projection_dims, drop_path_rate=0.1, classes=1000, model_name="convnext"):
    inputs = layers.Input(shape=(224, 224, 3))
    x = layers.Normalization(
        mean=[0.485 * 255, 0.456 * 255, 0.406 * 255],
        variance=[(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2],
        name=model_name + "_prestem_normalization",
    )(inputs)

    stem = keras.Sequential(
        [
            layers.Conv2D(projection_dims[0], kernel_size=4, strides=4, name=model_name + "_stem_conv"),
            layers.LayerNormalization(epsilon=1e-6, name=model_name + "_stem_layernorm"),
        ],
        name=model_name + "_stem",
    )

    downsample_layers = [stem]
    num_downsample_layers = 3
    for i in range(num_downsample_layers):
        downsample_layer = keras.Sequential(
            [
                layers.LayerNormalization(epsilon=1e-6, name=f"{model_name}_downsampling_layernorm_{i}"),
                layers.Conv2D(projection_dims[i + 1], kernel_size=2, strides=2,
                              name=f"{model_name}_downsampling_conv_{i}"),
            ],
            name=f"{model_name}_downsampling_block_{i}",
        )
        downsample_layers.append(downsample_layer)

    depth_drop_rates = [float(x) for x in np.linspace(0.0, drop_path_rate, sum(depths))]
    cur = 0
    num_convnext_blocks = 4
    for i in range(num_convnext_blocks):
        x = downsample_layers[i](x)
        for j in range(depths[i]):
            x = ConvNeXtBlock(projection_dim=projection_dims[i], drop_path_rate=depth_drop_rates[cur + j],
                              name=model_name + f"_stage_{i}_block_{j}")(x)
        cur += depths[i]

    x = layers.GlobalAveragePooling2D(name=model_name + "_head_gap")(x)
    x = layers.LayerNormalization(epsilon=1e-6, name=model_name + "_head_layernorm")(x)
    x = layers.Dense(classes, activation="softmax", name=model_name + "_head_dense")(x)
    return keras.Model(inputs=inputs, outputs=x, name=model_name)


model = ConvNeXt(DEPTHS, PROJECTION_DIMS, model_name="convnext_tiny")
