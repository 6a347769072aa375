"""YOLOv2 (Redmon and Farhadi 2016): Darknet-19, a passthrough by space-to-depth, the detection grid."""
import tensorflow as tf
from keras.layers import BatchNormalization, Conv2D, Input, Lambda, LeakyReLU, MaxPooling2D, Reshape, concatenate
from keras.models import Model

LABELS = ['person', 'bicycle', 'car', 'motorbike', 'bus', 'train', 'truck', 'dog', 'cat', 'horse',
          'sheep', 'cow', 'bottle', 'chair', 'sofa', 'plant', 'boat', 'tv', 'bird', 'aeroplane']
IMAGE_H, IMAGE_W = 416, 416
GRID_H, GRID_W = IMAGE_H // 32, IMAGE_W // 32
BOX = 5
CLASS = len(LABELS)
ANCHORS = [0.57273, 0.677385, 1.87446, 2.06253, 3.33843, 5.47434, 7.88282, 3.52778, 9.77052, 9.16828]
assert len(ANCHORS) == 2 * BOX


# the function to implement the reorganisation layer
def space_to_depth_x2(x):
    return tf.nn.space_to_depth(x, 2)


counter = 0


def conv_bn_leaky(x, filters, size):
    global counter
    counter += 1
    x = Conv2D(filters, (size, size), strides=(1, 1), padding='same', name='conv_{}'.format(counter), use_bias=False)(x)
    x = BatchNormalization(name='norm_{}'.format(counter))(x)
    return LeakyReLU(negative_slope=0.1)(x)


input_image = Input(shape=(IMAGE_H, IMAGE_W, 3))

x = conv_bn_leaky(input_image, 32, 3)
x = MaxPooling2D(pool_size=(2, 2))(x)
x = conv_bn_leaky(x, 64, 3)
x = MaxPooling2D(pool_size=(2, 2))(x)
for width in (128, 256):
    x = conv_bn_leaky(x, width, 3)
    x = conv_bn_leaky(x, width // 2, 1)
    x = conv_bn_leaky(x, width, 3)
    x = MaxPooling2D(pool_size=(2, 2))(x)
for filters, size in ((512, 3), (256, 1), (512, 3), (256, 1), (512, 3)):
    x = conv_bn_leaky(x, filters, size)
skip_connection = x
x = MaxPooling2D(pool_size=(2, 2))(x)
for filters, size in ((1024, 3), (512, 1), (1024, 3), (512, 1), (1024, 3), (1024, 3), (1024, 3)):
    x = conv_bn_leaky(x, filters, size)

skip_connection = conv_bn_leaky(skip_connection, 64, 1)
skip_connection = Lambda(space_to_depth_x2)(skip_connection)
x = concatenate([skip_connection, x])
x = conv_bn_leaky(x, 1024, 3)

x = Conv2D(BOX * (4 + 1 + CLASS), (1, 1), strides=(1, 1), padding='same', name='detection')(x)
output = Reshape((GRID_H, GRID_W, BOX, 4 + 1 + CLASS))(x)
model = Model(input_image, output)
