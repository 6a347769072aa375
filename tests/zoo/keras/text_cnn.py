"""Convolutions over words (Kim 2014): several widths side by side, the maximum over time of each."""
import numpy as np
from keras.datasets import imdb
from keras.layers import Concatenate, Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D, Input, SpatialDropout1D
from keras.models import Model
from keras.preprocessing import sequence

# set parameters:
max_features = 5000
maxlen = 400
batch_size = 32
embedding_dims = 50
filters = 250
kernel_sizes = (3, 4, 5)
hidden_dims = 250
epochs = 2

print('Loading data...')
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=max_features)
print(len(x_train), 'train sequences')

sentence = Input(shape=(maxlen,), dtype='int32')
embedded = Embedding(input_dim=max_features, output_dim=embedding_dims)(sentence)
embedded = SpatialDropout1D(0.2)(embedded)

pooled = []
for kernel_size in kernel_sizes:
    conv = Conv1D(filters, kernel_size, padding='valid', activation='relu', strides=1)(embedded)
    pooled.append(GlobalMaxPooling1D()(conv))

x = Concatenate()(pooled) if len(pooled) > 1 else pooled[0]
x = Dense(hidden_dims, activation='relu')(x)
x = Dropout(0.2)(x)
out = Dense(1, activation='sigmoid')(x)

model = Model(sentence, out)
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
