# Text classification with one transformer block, in the manner of Keras's own example
# (Nandan, 2020); the block is a layer of the file.
import keras
from keras import layers

vocabulary, length, width, heads, hidden = 5000, 80, 32, 2, 32


class TransformerBlock(layers.Layer):
    def __init__(self, width, heads, hidden, rate=0.1):
        super().__init__()
        self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=width)
        self.feed = keras.Sequential(
            [layers.Dense(hidden, activation="relu"), layers.Dense(width)]
        )
        self.norm1 = layers.LayerNormalization(epsilon=1e-6)
        self.norm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs):
        attended = self.attention(inputs, inputs)
        attended = self.dropout1(attended)
        first = self.norm1(inputs + attended)
        made = self.feed(first)
        made = self.dropout2(made)
        return self.norm2(first + made)


inputs = keras.Input(shape=(length,), dtype="int32")
x = layers.Embedding(vocabulary, width)(inputs)
x = TransformerBlock(width, heads, hidden)(x)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dropout(0.1)(x)
x = layers.Dense(20, activation="relu")(x)
x = layers.Dropout(0.1)(x)
model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
