"""MobileNet (Howard et al. 2017): depthwise separable convolutions from a table of (filters, stride)."""
import keras
from keras import layers

TABLE = [
    (64, 1),
    (128, 2), (128, 1),
    (256, 2), (256, 1),
    (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2), (1024, 1),
]


def relu6(x):
    return keras.activations.relu(x, max_value=6)


def depthwise_block(inputs, pointwise_filters, alpha=1.0, depth_multiplier=1, strides=(1, 1), block_id=1):
    pointwise_filters = int(pointwise_filters * alpha)
    if strides == (1, 1):
        x = inputs
    else:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="conv_pad_%d" % block_id)(inputs)
    x = layers.DepthwiseConv2D((3, 3),
                               padding="same" if strides == (1, 1) else "valid",
                               depth_multiplier=depth_multiplier,
                               strides=strides,
                               use_bias=False,
                               name="conv_dw_%d" % block_id)(x)
    x = layers.BatchNormalization(name="conv_dw_%d_bn" % block_id)(x)
    x = layers.ReLU(6.0, name="conv_dw_%d_relu" % block_id)(x)
    x = layers.Conv2D(pointwise_filters, (1, 1), padding="same", use_bias=False, name="conv_pw_%d" % block_id)(x)
    x = layers.BatchNormalization(name="conv_pw_%d_bn" % block_id)(x)
    return layers.ReLU(6.0, name="conv_pw_%d_relu" % block_id)(x)


def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, classes=1000):
    input_shape = input_shape or (224, 224, 3)
    img_input = layers.Input(shape=input_shape)
    x = layers.Conv2D(int(32 * alpha), (3, 3), padding="same", use_bias=False, strides=(2, 2), name="conv1")(img_input)
    x = layers.BatchNormalization(name="conv1_bn")(x)
    x = layers.Activation(relu6, name="conv1_relu")(x)
    for block_id, (filters, stride) in enumerate(TABLE, 1):
        x = depthwise_block(x, filters, alpha, depth_multiplier, (stride, stride), block_id)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Conv2D(classes, (1, 1), padding="same", name="conv_preds")(x)
    x = layers.Reshape((classes,), name="reshape_2")(x)
    x = layers.Activation("softmax", name="predictions")(x)
    return keras.Model(img_input, x, name="mobilenet_%0.2f" % alpha)


full = MobileNet()
quarter = MobileNet(input_shape=(128, 128, 3), alpha=0.25, classes=2)
