# A small vision transformer (Dosovitskiy et al., arXiv:2010.11929) with pooled tokens.
import keras
from keras import layers, ops

PATCH, WIDTH, HEADS, DEPTH = 4, 64, 4, 4


class Positions(layers.Layer):
    def build(self, input_shape):
        self.table = self.add_weight(shape=(1, input_shape[1], input_shape[2]), name="table")

    def call(self, tokens):
        return tokens + self.table


def block(tokens):
    normed = layers.LayerNormalization(epsilon=1e-6)(tokens)
    attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS, dropout=0.1)(normed, normed)
    tokens = layers.Add()([attended, tokens])
    hidden = layers.LayerNormalization(epsilon=1e-6)(tokens)
    hidden = layers.Dense(2 * WIDTH, activation="gelu")(hidden)
    hidden = layers.Dense(WIDTH)(hidden)
    return tokens + hidden


inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(WIDTH, PATCH, strides=PATCH)(inputs)
x = layers.Reshape((-1, WIDTH))(x)
x = Positions()(x)
for _ in range(DEPTH):
    x = block(x)
x = layers.LayerNormalization(epsilon=1e-6)(x)
x = ops.mean(x, axis=1)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
