% Temporal convolutional network: causal dilated convolutions in residual blocks.
numFeatures = 3;
numFilters = 32;
filterSize = 5;
dropoutFactor = 0.005;
numBlocks = 4;
numClasses = 5;

net = dlnetwork;
layer = sequenceInputLayer(numFeatures, Normalization="rescale-symmetric", Name="input");
net = addLayers(net, layer);
outputName = layer.Name;

for i = 1:numBlocks
    dilationFactor = 2^(i-1);

    layers = [
        convolution1dLayer(filterSize, numFilters, DilationFactor=dilationFactor, Padding="causal", Name="conv1_" + i)
        layerNormalizationLayer(Name="norm1_" + i)
        spatialDropoutLayer(Name="drop1_" + i, Probability=dropoutFactor)
        convolution1dLayer(filterSize, numFilters, DilationFactor=dilationFactor, Padding="causal", Name="conv2_" + i)
        layerNormalizationLayer(Name="norm2_" + i)
        reluLayer(Name="relu_" + i)
        spatialDropoutLayer(dropoutFactor, Name="drop2_" + i)
        additionLayer(2, Name="add_" + i)];

    net = addLayers(net, layers);
    net = connectLayers(net, outputName, "conv1_" + i);

    if i == 1
        % The first block changes the number of channels.
        net = addLayers(net, convolution1dLayer(1, numFilters, Name="convSkip"));
        net = connectLayers(net, outputName, "convSkip");
        net = connectLayers(net, "convSkip", "add_" + i + "/in2");
    else
        net = connectLayers(net, outputName, "add_" + i + "/in2");
    end
    outputName = "add_" + i;
end

layers = [
    fullyConnectedLayer(numClasses, Name="fc")
    softmaxLayer(Name="softmax")];
net = addLayers(net, layers);
net = connectLayers(net, outputName, "fc");
