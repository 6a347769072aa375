"""MobileNetV2 (Sandler et al. 2018): inverted residuals with linear bottlenecks."""
import tensorflow as tf
from tensorflow.keras import Model, layers


def _make_divisible(v, divisor=8, min_value=None):
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    # make sure that rounding down does not take away more than 10%
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


def correct_pad(x, kernel):
    size = x.shape[1:3]
    adjust = (1 - size[0] % 2, 1 - size[1] % 2)
    half = (kernel // 2, kernel // 2)
    return ((half[0] - adjust[0], half[0]), (half[1] - adjust[1], half[1]))


def inverted_res_block(inputs, expansion, stride, alpha, filters, block_id):
    in_channels = inputs.shape[-1]
    pointwise = _make_divisible(int(filters * alpha), 8)
    x = inputs
    prefix = f'block_{block_id}_'

    if block_id:
        x = layers.Conv2D(expansion * in_channels, 1, padding='same', use_bias=False, name=prefix + 'expand')(x)
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'expand_BN')(x)
        x = layers.ReLU(6., name=prefix + 'expand_relu')(x)
    else:
        prefix = 'expanded_conv_'

    if stride == 2:
        x = layers.ZeroPadding2D(padding=correct_pad(x, 3), name=prefix + 'pad')(x)
    x = layers.DepthwiseConv2D(3, strides=stride, use_bias=False,
                               padding='same' if stride == 1 else 'valid', name=prefix + 'depthwise')(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'depthwise_BN')(x)
    x = layers.ReLU(6., name=prefix + 'depthwise_relu')(x)

    x = layers.Conv2D(pointwise, 1, padding='same', use_bias=False, activation=None, name=prefix + 'project')(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'project_BN')(x)

    if in_channels == pointwise and stride == 1:
        return layers.Add(name=prefix + 'add')([inputs, x])
    return x


def build_mobilenet_v2(size=224, alpha=1.0, num_classes=1000):
    inputs = layers.Input(shape=(size, size, 3))
    x = layers.Conv2D(_make_divisible(32 * alpha, 8), kernel_size=3, strides=(2, 2), padding='same',
                      use_bias=False, name='Conv1')(inputs)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name='bn_Conv1')(x)
    x = layers.ReLU(6., name='Conv1_relu')(x)

    # t, c, n, s of the paper's table 2
    settings = [
        [1, 16, 1, 1],
        [6, 24, 2, 2],
        [6, 32, 3, 2],
        [6, 64, 4, 2],
        [6, 96, 3, 1],
        [6, 160, 3, 2],
        [6, 320, 1, 1],
    ]
    block_id = 0
    for t, c, n, s in settings:
        for i in range(n):
            x = inverted_res_block(x, t, s if i == 0 else 1, alpha, c, block_id)
            block_id += 1

    last = _make_divisible(1280 * alpha, 8) if alpha > 1.0 else 1280
    x = layers.Conv2D(last, kernel_size=1, use_bias=False, name='Conv_1')(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name='Conv_1_bn')(x)
    x = layers.ReLU(6., name='out_relu')(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(num_classes, activation='softmax', name='predictions')(x)
    return Model(inputs, x)


if __name__ == '__main__':
    model = build_mobilenet_v2()
    model.compile(optimizer=tf.keras.optimizers.RMSprop(0.045), loss='categorical_crossentropy')
