"""The modern twin of `keras1_cifar.py`: the same networks in the names of Keras 3."""
from keras import Input, Model, Sequential, layers, regularizers

num_classes = 10
input_shape = (32, 32, 3)

model = Sequential(
    [
        Input(input_shape),
        layers.Conv2D(32, (3, 3), padding="same", kernel_initializer="he_normal"),
        layers.Activation("relu"),
        layers.Conv2D(32, (3, 3), kernel_regularizer=regularizers.L2(0.0001)),
        layers.Activation("relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Dropout(0.25),
        layers.Conv2D(64, (3, 3), padding="same", strides=(2, 2), use_bias=False),
        layers.BatchNormalization(axis=-1),
        layers.Activation("relu"),
        layers.Conv2D(64, (3, 3), padding="valid", activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2), padding="same"),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(512, kernel_initializer="glorot_uniform"),
        layers.Activation("relu"),
        layers.Dropout(0.5),
        layers.Dense(num_classes),
        layers.Activation("softmax"),
    ]
)


def branches(x, filters, stage):
    one = layers.Conv2D(filters, (1, 1), activation="relu", padding="same", name=f"one_{stage}")(x)
    three = layers.Conv2D(filters, (3, 3), activation="relu", padding="same")(x)
    pool = layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(x)
    x = layers.concatenate([one, three, pool], axis=3)
    shortcut = layers.Conv2D(3 * filters, (1, 1))(x)
    return layers.add([x, shortcut])


img_input = Input(shape=input_shape)
y = layers.ZeroPadding2D((1, 1))(img_input)
y = layers.Conv2D(16, (3, 3), strides=(2, 2))(y)
for stage in range(2):
    y = branches(y, y.shape[-1], stage)
y = layers.Flatten()(y)
y = layers.Dense(num_classes, activation="softmax")(y)
branched = Model(inputs=img_input, outputs=y)
