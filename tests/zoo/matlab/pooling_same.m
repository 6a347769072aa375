% Every output is 25-by-20-by-15: (25 - 2 + 2*1)/1 + 1 = 25. Is the pooling useless?
layers = [
    imageInputLayer([25 20 7])

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Padding', 'same')];
