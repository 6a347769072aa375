"""Text in images (Shi et al. 2015): convolutions squeeze the height, two LSTMs read the width."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

characters = "0123456789abcdefghijklmnopqrstuvwxyz"
img_width = 128
img_height = 32
max_length = 23


def ctc_loss(y_true, y_pred):
    batch_len = tf.cast(tf.shape(y_true)[0], dtype="int64")
    input_length = tf.cast(tf.shape(y_pred)[1], dtype="int64")
    input_length = input_length * tf.ones(shape=(batch_len, 1), dtype="int64")
    return keras.backend.ctc_batch_cost(y_true, y_pred, input_length, input_length)


def conv_bn(x, filters, kernel=3, padding="same"):
    x = layers.Conv2D(filters, kernel, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def build_model(lstm_units=256):
    input_img = keras.Input(shape=(img_height, img_width, 1), name="image")

    x = layers.Conv2D(64, 3, activation="relu", padding="same", name="conv1")(input_img)
    x = layers.MaxPooling2D((2, 2), name="pool1")(x)
    x = layers.Conv2D(128, 3, activation="relu", padding="same", name="conv2")(x)
    x = layers.MaxPooling2D((2, 2), name="pool2")(x)
    x = conv_bn(x, 256)
    x = layers.Conv2D(256, 3, activation="relu", padding="same")(x)
    x = layers.MaxPooling2D((2, 1))(x)
    x = conv_bn(x, 512)
    x = layers.MaxPooling2D((2, 1))(x)
    x = conv_bn(x, 512, kernel=2, padding="valid")

    # The map is 1 pixel high: every column becomes one step of a sequence.
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Reshape((-1, x.shape[2] * x.shape[3]), name="sequence")(x)
    x = layers.Dense(64, activation="relu", name="dense1")(x)
    x = layers.Dropout(0.2)(x)

    x = layers.Bidirectional(layers.LSTM(lstm_units, return_sequences=True, dropout=0.25))(x)
    x = layers.Bidirectional(layers.LSTM(lstm_units, return_sequences=True), merge_mode="sum")(x)
    x = layers.Dense(len(characters) + 1, activation="softmax", name="characters")(x)
    return keras.Model(input_img, x, name="crnn")


model = build_model()
model.compile(optimizer=keras.optimizers.Adam(), loss=ctc_loss)
model.summary()
