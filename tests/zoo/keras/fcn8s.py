"""FCN-8s (Long et al. 2014): a padded VGG, transposed convolutions and crops that align the skips."""
from keras.models import Model
from keras.layers import Input, Conv2D, MaxPooling2D, Dropout, Conv2DTranspose, Cropping2D, ZeroPadding2D, Add, Activation


class FCN8(object):
    def __init__(self, n_class=21, height=500, width=500):
        self.n_class = n_class
        self.height, self.width = height, width

    def vgg_block(self, x, filters, convs, block):
        for i in range(1, convs + 1):
            x = Conv2D(filters, (3, 3), activation='relu', padding='same',
                       name='conv%d_%d' % (block, i))(x)
        return MaxPooling2D((2, 2), strides=(2, 2), padding='same', name='pool%d' % block)(x)

    @staticmethod
    def crop_to(x, target, name):
        dh = x.shape[1] - target.shape[1]
        dw = x.shape[2] - target.shape[2]
        top, left = dh // 2, dw // 2
        return Cropping2D(cropping=((top, dh - top), (left, dw - left)), name=name)(x)

    def build(self):
        image = Input(shape=(self.height, self.width, 3), name='data')
        x = ZeroPadding2D(padding=(99, 99))(image)
        pools = {}
        for block, (filters, convs) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
            x = self.vgg_block(x, filters, convs, block)
            pools[block] = x

        x = Conv2D(4096, (7, 7), activation='relu', name='fc6')(x)
        x = Dropout(0.5)(x)
        x = Conv2D(4096, (1, 1), activation='relu', name='fc7')(x)
        x = Dropout(0.5)(x)
        score = Conv2D(self.n_class, (1, 1), name='score_fr')(x)

        for block in (4, 3):
            up = Conv2DTranspose(self.n_class, kernel_size=4, strides=2, use_bias=False,
                                 name='score_%d_up' % block)(score)
            skip = Conv2D(self.n_class, (1, 1), name='score_pool%d' % block)(pools[block])
            skip = self.crop_to(skip, up, 'crop_pool%d' % block)
            score = Add()([up, skip])

        score = Conv2DTranspose(self.n_class, kernel_size=16, strides=8, use_bias=False, name='upsample')(score)
        score = self.crop_to(score, image, 'crop_score')
        return Model(inputs=image, outputs=Activation('softmax')(score))


fcn = FCN8()
model = fcn.build()
