"""Inception v3 (Szegedy et al. 2015): factorised convolutions, grids reduced by parallel branches."""
from keras import Input, Model, layers


def conv_bn(x, filters, num_row, num_col, padding="same", strides=(1, 1), name=None):
    bn_name, conv_name = (None, None) if name is None else (name + "_bn", name + "_conv")
    x = layers.Conv2D(filters, (num_row, num_col), strides=strides, padding=padding,
                      use_bias=False, name=conv_name)(x)
    x = layers.BatchNormalization(scale=False, name=bn_name)(x)
    return layers.Activation("relu", name=name)(x)


def pool_branch(x, filters):
    x = layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(x)
    return conv_bn(x, filters, 1, 1)


def block_a(x, pool_filters, name):
    branch1x1 = conv_bn(x, 64, 1, 1)
    branch5x5 = conv_bn(conv_bn(x, 48, 1, 1), 64, 5, 5)
    branch3x3dbl = conv_bn(x, 64, 1, 1)
    for _ in range(2):
        branch3x3dbl = conv_bn(branch3x3dbl, 96, 3, 3)
    return layers.concatenate([branch1x1, branch5x5, branch3x3dbl, pool_branch(x, pool_filters)],
                              axis=-1, name=name)


def block_b(x, width, name):
    branch1x1 = conv_bn(x, 192, 1, 1)
    branch7x7 = conv_bn(x, width, 1, 1)
    branch7x7 = conv_bn(branch7x7, width, 1, 7)
    branch7x7 = conv_bn(branch7x7, 192, 7, 1)
    branch7x7dbl = conv_bn(x, width, 1, 1)
    for filters, rows, cols in [(width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)]:
        branch7x7dbl = conv_bn(branch7x7dbl, filters, rows, cols)
    branches = [branch1x1, branch7x7, branch7x7dbl, pool_branch(x, 192)]
    return layers.concatenate(branches, axis=-1, name=name)


def block_c(x, name):
    branch1x1 = conv_bn(x, 320, 1, 1)
    branch3x3 = conv_bn(x, 384, 1, 1)
    branch3x3 = layers.concatenate([conv_bn(branch3x3, 384, *shape) for shape in ((1, 3), (3, 1))])
    branch3x3dbl = conv_bn(conv_bn(x, 448, 1, 1), 384, 3, 3)
    branch3x3dbl = layers.concatenate([conv_bn(branch3x3dbl, 384, 1, 3), conv_bn(branch3x3dbl, 384, 3, 1)])
    return layers.concatenate([branch1x1, branch3x3, branch3x3dbl, pool_branch(x, 192)], axis=-1, name=name)


def build(input_shape=(299, 299, 3), classes=1000):
    inputs = Input(input_shape)
    x = conv_bn(inputs, 32, 3, 3, strides=(2, 2), padding="valid")
    x = conv_bn(x, 32, 3, 3, padding="valid")
    x = conv_bn(x, 64, 3, 3)
    x = layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = conv_bn(x, 80, 1, 1, padding="valid")
    x = conv_bn(x, 192, 3, 3, padding="valid")
    x = layers.MaxPooling2D((3, 3), strides=(2, 2))(x)

    for i, pool_filters in enumerate([32, 64, 64]):
        x = block_a(x, pool_filters, name="mixed" + str(i))

    reduced = conv_bn(x, 384, 3, 3, strides=(2, 2), padding="valid")
    dbl = conv_bn(conv_bn(x, 64, 1, 1), 96, 3, 3)
    dbl = conv_bn(dbl, 96, 3, 3, strides=(2, 2), padding="valid")
    pooled = layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = layers.concatenate([reduced, dbl, pooled], name="mixed3")

    for i, width in enumerate((128, 160, 160, 192), start=4):
        x = block_b(x, width, "mixed{}".format(i))

    branch3x3 = conv_bn(conv_bn(x, 192, 1, 1), 320, 3, 3, strides=(2, 2), padding="valid")
    branch7x7x3 = conv_bn(x, 192, 1, 1)
    branch7x7x3 = conv_bn(branch7x7x3, 192, 1, 7)
    branch7x7x3 = conv_bn(branch7x7x3, 192, 7, 1)
    branch7x7x3 = conv_bn(branch7x7x3, 192, 3, 3, strides=(2, 2), padding="valid")
    branch_pool = layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = layers.concatenate([branch3x3, branch7x7x3, branch_pool], name="mixed8")

    for i in range(2):
        x = block_c(x, "mixed" + str(9 + i))

    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return Model(inputs, outputs, name="inception_v3")


model = build()
