% Convolutional autoencoder for 28-by-28 images: seven by seven in the middle.
encoder = [
    imageInputLayer([28 28 1])
    convolution2dLayer(3, 16, 'Stride', 2, 'Padding', 'same')
    leakyReluLayer(0.2)
    convolution2dLayer(3, 8, 'Stride', 2, 'Padding', 'same')
    leakyReluLayer(0.2)];

decoder = [
    transposedConv2dLayer(3, 8, 'Stride', 2, 'Cropping', 'same')
    leakyReluLayer(0.2)
    transposedConv2dLayer(4, 16, 'Stride', 2, 'Cropping', [1 1 1 1])
    leakyReluLayer(0.2)
    convolution2dLayer(3, 1, 'Padding', 'same')
    sigmoidLayer];

layers = [encoder; decoder; regressionLayer];
