% The same blocks, but the pooling moves by two pixels: 13-by-10, 7-by-5, 4-by-3.
layers = [
    imageInputLayer([25 20 7])

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 2, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 2, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 2, 'Padding', 'same')];
