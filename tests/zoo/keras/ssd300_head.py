"""A single-shot detector (Liu et al. 2015): boxes and classes from six maps, reshaped and joined."""
from keras.layers import *
from keras.models import Model
from keras.regularizers import l2

n_classes = 21
n_boxes = [4, 6, 6, 6, 4, 4]
sizes = {}


def conv(filters, kernel, **kwargs):
    kwargs.setdefault('padding', 'same')
    kwargs.setdefault('activation', 'relu')
    return Conv2D(filters, kernel, kernel_initializer='he_normal', kernel_regularizer=l2(0.0005), **kwargs)


image = Input(shape=(300, 300, 3))
x = Lambda(lambda t: t - 127.5, output_shape=(300, 300, 3), name='subtract_mean')(image)

x = conv(64, (3, 3), name='conv1_1')(x)
x = conv(64, (3, 3), name='conv1_2')(x)
x = MaxPooling2D((2, 2), (2, 2), 'same', name='pool1')(x)
x = conv(128, 3, name='conv2_1')(x)
x = conv(128, 3, name='conv2_2')(x)
x = MaxPooling2D((2, 2), (2, 2), 'same', name='pool2')(x)
for n in range(1, 4):
    x = conv(256, 3, name='conv3_' + str(n))(x)
x = MaxPooling2D((2, 2), (2, 2), 'same', name='pool3')(x)
for n in range(1, 4):
    x = conv(512, 3, name='conv4_' + str(n))(x)
conv4_3 = x
x = MaxPooling2D((2, 2), (2, 2), 'same', name='pool4')(x)
for n in range(1, 4):
    x = conv(512, 3, name='conv5_' + str(n))(x)
x = MaxPooling2D((3, 3), (1, 1), 'same', name='pool5')(x)
fc6 = conv(1024, (3, 3), dilation_rate=(6, 6), name='fc6')(x)
fc7 = conv(1024, (1, 1), name='fc7')(fc6)

conv6_1 = conv(256, (1, 1), name='conv6_1')(fc7)
conv6_1 = ZeroPadding2D(padding=((1, 1), (1, 1)), name='conv6_padding')(conv6_1)
conv6_2 = conv(512, (3, 3), strides=(2, 2), padding='valid', name='conv6_2')(conv6_1)
conv7_1 = conv(128, (1, 1), name='conv7_1')(conv6_2)
conv7_1 = ZeroPadding2D(1, name='conv7_padding')(conv7_1)
conv7_2 = conv(256, (3, 3), strides=(2, 2), padding='valid', name='conv7_2')(conv7_1)
conv8_2 = conv(256, (3, 3), padding='valid', name='conv8_2')(conv(128, (1, 1), name='conv8_1')(conv7_2))
conv9_2 = conv(256, (3, 3), padding='valid', name='conv9_2')(conv(128, (1, 1), name='conv9_1')(conv8_2))

conv4_3_norm = UnitNormalization(axis=-1, name='conv4_3_norm')(conv4_3)
sources = [conv4_3_norm, fc7, conv6_2, conv7_2, conv8_2, conv9_2]

mbox_conf, mbox_loc = [], []
for i, (source, boxes) in enumerate(zip(sources, n_boxes)):
    conf = conv(boxes * n_classes, (3, 3), activation=None, name=f'conf_{i}')(source)
    loc = conv(boxes * 4, (3, 3), activation=None, name=f'loc_{i}')(source)
    mbox_conf.append(Reshape((-1, n_classes), name=f'conf_reshape_{i}')(conf))
    mbox_loc.append(Reshape((-1, 4), name=f'loc_reshape_{i}')(loc))
    sizes[i] = tuple(conf.shape[1:3])

mbox_conf = Concatenate(axis=1, name='mbox_conf')(mbox_conf)
mbox_loc = Concatenate(axis=1, name='mbox_loc')(mbox_loc)
mbox_conf_softmax = Activation('softmax', name='mbox_conf_softmax')(mbox_conf)
predictions = Concatenate(axis=2, name='predictions')([mbox_conf_softmax, mbox_loc])
assert predictions.shape == (None, 8732, 25)

model = Model(inputs=image, outputs=predictions)
