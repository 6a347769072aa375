% Beats in an electrocardiogram: two leads, sequences of any length from 64 samples on.
layers = [
    sequenceInputLayer(2, 'MinLength', 64)
    convolution1dLayer(9, 16, 'Stride', 2, 'Padding', 'same')
    reluLayer
    maxPooling1dLayer(3, 'Stride', 2, 'Padding', [0 1])
    convolution1dLayer(5, 32, 'Padding', [4 0])
    reluLayer
    averagePooling1dLayer(2, 'Stride', 2)
    convolution1dLayer(3, 32, 'DilationFactor', 2)
    reluLayer
    transposedConv1dLayer(4, 16, 'Stride', 2, 'Cropping', 1)
    globalAveragePooling1dLayer
    fullyConnectedLayer(4)
    softmaxLayer
    classificationLayer];
