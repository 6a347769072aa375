% Tabular data: the state of a transmission casing from 22 features.
numFeatures = 22;
numClasses = 2;
layers = [
    featureInputLayer(numFeatures, 'Normalization', 'zscore')
    fullyConnectedLayer(50)
    batchNormalizationLayer
    reluLayer
    fullyConnectedLayer(50, 'WeightLearnRateFactor', 2)
    layerNormalizationLayer
    swishLayer
    dropoutLayer
    fullyConnectedLayer(numClasses)
    softmaxLayer
    classificationLayer];
