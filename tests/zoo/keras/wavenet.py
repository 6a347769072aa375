"""WaveNet-like network (van den Oord et al. 2016): causal dilated convolutions with gates and skips."""
from keras.models import Model
from keras.layers import Input, Conv1D, Activation, Add, Multiply, Lambda, Dense, Dropout

n_filters = 32
filter_width = 2
dilation_rates = [2**i for i in range(8)] * 2

history_seq = Input(shape=(None, 1))
x = history_seq

skips = []
for dilation_rate in dilation_rates:

    # preprocessing - equivalent to time-distributed dense
    x = Conv1D(16, 1, padding='same', activation='relu')(x)

    # filter convolution
    x_f = Conv1D(filters=n_filters,
                 kernel_size=filter_width,
                 padding='causal',
                 dilation_rate=dilation_rate)(x)

    # gating convolution
    x_g = Conv1D(filters=n_filters,
                 kernel_size=filter_width,
                 padding='causal',
                 dilation_rate=dilation_rate)(x)

    z = Multiply()([Activation('tanh')(x_f),
                    Activation('sigmoid')(x_g)])

    # postprocessing - equivalent to time-distributed dense
    z = Conv1D(16, 1, padding='same', activation='relu')(z)

    # residual connection
    x = Add()([x, z])

    skips.append(z)

out = Activation('relu')(Add()(skips))

out = Conv1D(128, 1, padding='same')(out)
out = Activation('relu')(out)
out = Dropout(.2)(out)
out = Conv1D(1, 1, padding='same')(out)


def slice(x, seq_length):
    return x[:, -seq_length:, :]


pred_seq_train = Lambda(slice, arguments={'seq_length': 60})(out)

model = Model(history_seq, pred_seq_train)
model.compile('adam', loss='mean_absolute_error')
