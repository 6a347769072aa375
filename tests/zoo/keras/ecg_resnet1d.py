"""Arrhythmia from a 12-lead ECG: a 1-D residual network from a dictionary of hyperparameters."""
from tensorflow.keras import models
from tensorflow.keras.layers import *
from sklearn.model_selection import train_test_split
import numpy as np
import pandas as pd

params = {
    "input_shape": [4096, 12],
    "conv_subsample_lengths": [1, 4, 1, 4, 1, 4, 1, 4],
    "conv_filter_length": 17,
    "conv_num_filters_start": 64,
    "conv_increase_channels_at": 2,
    "conv_num_skip": 2,
    "conv_dropout": 0.2,
    "num_categories": 6,
}

labels = pd.read_csv("annotations.csv")
x = np.load("tracings.npy")
x_train, x_val, y_train, y_val = train_test_split(x, labels, test_size=0.1)


def add_bn_relu(layer, dropout=0):
    layer = BatchNormalization()(layer)
    layer = Activation("relu")(layer)
    if dropout > 0:
        layer = Dropout(dropout)(layer)
    return layer


def get_num_filters_at_index(index, num_start_filters, **params):
    return 2 ** int(index / params["conv_increase_channels_at"]) * num_start_filters


def resnet_block(layer, num_filters, subsample_length, block_index, **params):
    def zeropad(x):
        y = Conv1D(num_filters, 1, padding="same", use_bias=False)(x)
        return y

    shortcut = MaxPooling1D(pool_size=subsample_length)(layer)
    zero_pad = block_index % params["conv_increase_channels_at"] == 0 and block_index > 0
    if zero_pad is True:
        shortcut = zeropad(shortcut)

    for i in range(params["conv_num_skip"]):
        if not (block_index == 0 and i == 0):
            layer = add_bn_relu(layer, dropout=params["conv_dropout"] if i > 0 else 0)
        layer = Conv1D(num_filters, params["conv_filter_length"], padding="same",
                       strides=subsample_length if i == 0 else 1, kernel_initializer="he_normal")(layer)
    return Add()([shortcut, layer])


def build_network(**params):
    inputs = Input(shape=params["input_shape"], dtype="float32", name="inputs")
    layer = Conv1D(filters=params["conv_num_filters_start"], kernel_size=params["conv_filter_length"],
                   strides=1, padding="same", kernel_initializer="he_normal")(inputs)
    layer = add_bn_relu(layer)
    for index, subsample_length in enumerate(params["conv_subsample_lengths"]):
        num_filters = get_num_filters_at_index(index, **{**params, "num_start_filters": params["conv_num_filters_start"]})
        layer = resnet_block(layer, num_filters, subsample_length, index, **params)
    layer = add_bn_relu(layer)
    layer = Flatten()(layer)
    output = Dense(params["num_categories"], activation="sigmoid")(layer)
    return models.Model(inputs=[inputs], outputs=[output])


model = build_network(**params)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=70, batch_size=64)
