% Normalisation by groups of channels, for mini-batches that are too small for statistics.
layers = [
    imageInputLayer([40 30 2], Normalization="none")
    convolution2dLayer([5 3], 24, Padding="same", BiasLearnRateFactor=0)
    groupNormalizationLayer(4)
    eluLayer(1.5)
    convolution2dLayer(3, 36, DilationFactor=[2 3])
    groupNormalizationLayer("all-channels")
    geluLayer
    convolution2dLayer(3, 36, DilationFactor=2, Padding="same")
    groupNormalizationLayer("channel-wise", Epsilon=1e-3)
    preluLayer
    layerNormalizationLayer
    softplusLayer
    globalMaxPooling2dLayer
    fullyConnectedLayer(3)];
net = dlnetwork(layers);
