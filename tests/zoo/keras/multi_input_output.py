"""A house from its photograph and its numbers: two inputs, three outputs, named losses."""
import keras
from keras import layers

NUM_TAGS = 12
FEATURES = ["bedrooms", "bathrooms", "area", "year"]

image = keras.Input(shape=(180, 240, 3), name="image")
numbers = keras.Input(shape=(len(FEATURES),), name="numbers")

x = layers.Rescaling(1.0 / 127.5, offset=-1)(image)
for i, filters in enumerate([16, 32, 64, 128]):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv_{i}")(x)
    x = layers.MaxPooling2D(name=f"pool_{i}")(x)
x = layers.Flatten()(x)
x = layers.Dense(64, activation="relu", name="image_features")(x)

y = layers.BatchNormalization()(numbers)
y = layers.Dense(32, activation="relu")(y)
y = layers.Dense(16, activation="relu", name="number_features")(y)

features = layers.Concatenate(name="all_features")([x, y])
features = layers.Dropout(0.25)(features)

price = layers.Dense(1, name="price")(features)
tags = layers.Dense(NUM_TAGS, activation="sigmoid", name="tags")(features)
condition = layers.Dense(5, activation="softmax", name="condition")(x)

model = keras.Model(
    inputs={"image": image, "numbers": numbers},
    outputs={"price": price, "tags": tags, "condition": condition},
)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={"price": "mse", "tags": "binary_crossentropy", "condition": "categorical_crossentropy"},
    loss_weights={"price": 1.0, "tags": 0.2, "condition": 0.5},
)
keras.utils.plot_model(model, "multi_input_and_output_model.png", show_shapes=True)
