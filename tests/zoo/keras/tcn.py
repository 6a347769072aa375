"""A temporal convolutional network (Bai et al. 2018) whose residual blocks hold lists of layers."""
import keras
from keras import layers


class ResidualBlock(layers.Layer):
    def __init__(self, dilation_rate, nb_filters, kernel_size, dropout_rate=0.0, **kwargs):
        super().__init__(**kwargs)
        self.dilation_rate = dilation_rate
        self.nb_filters = nb_filters
        self.stack = []
        for k in range(2):
            self.stack.append(layers.Conv1D(nb_filters, kernel_size, dilation_rate=dilation_rate,
                                            padding="causal", kernel_initializer="he_normal"))
            self.stack.append(layers.LayerNormalization())
            self.stack.append(layers.Activation("relu"))
            self.stack.append(layers.SpatialDropout1D(rate=dropout_rate))
        self.shape_match_conv = None

    def build(self, input_shape):
        if input_shape[-1] != self.nb_filters:
            self.shape_match_conv = layers.Conv1D(self.nb_filters, 1, padding="same", name="matching_conv1D")
        super().build(input_shape)

    def call(self, inputs, training=None):
        x = inputs
        for layer in self.stack:
            x = layer(x)
        if self.shape_match_conv is not None:
            inputs = self.shape_match_conv(inputs)
        return keras.activations.relu(x + inputs), x


class TCN(keras.Model):
    def __init__(self, nb_filters=64, kernel_size=3, nb_stacks=1, dilations=(1, 2, 4, 8, 16, 32), classes=10):
        super().__init__(name="tcn")
        self.residual_blocks = [
            ResidualBlock(d, nb_filters, kernel_size, 0.05, name=f"residual_block_{s}_{i}")
            for s in range(nb_stacks)
            for i, d in enumerate(dilations)
        ]
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x):
        skip_connections = []
        for block in self.residual_blocks:
            x, skip_out = block(x)
            skip_connections.append(skip_out)
        x = sum(skip_connections)
        return self.head(x[:, -1, :])


model = TCN(nb_filters=24, kernel_size=7)
output = model(keras.Input((784, 1)))
