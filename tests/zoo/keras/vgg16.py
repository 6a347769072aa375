"""VGG-16 (Simonyan and Zisserman 2014) from its configuration list."""
from tensorflow import keras
from tensorflow.keras import layers

cfg = [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M']


def make_layers(x, cfg):
    for i, v in enumerate(cfg):
        if v == 'M':
            x = layers.MaxPooling2D((2, 2), strides=(2, 2), name=f'pool_{i}')(x)
        else:
            x = layers.Conv2D(v, (3, 3), padding='same', activation='relu', name=f'conv_{i}')(x)
    return x


def vgg16(input_shape=(224, 224, 3), classes=1000, include_top=True):
    img_input = keras.Input(shape=input_shape)
    x = make_layers(img_input, cfg)
    if include_top:
        x = layers.Flatten(name='flatten')(x)
        x = layers.Dense(4096, activation='relu', name='fc1')(x)
        x = layers.Dense(4096, activation='relu', name='fc2')(x)
        x = layers.Dense(classes, activation='softmax', name='predictions')(x)
    else:
        x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(img_input, x, name='vgg16')


if __name__ == '__main__':
    model = vgg16()
    model.summary()
    headless = vgg16(input_shape=(200, 300, 3), include_top=False)
