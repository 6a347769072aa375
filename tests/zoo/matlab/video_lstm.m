% Every frame through the same convolutions, then an LSTM over the frames.
inputSize = [32 24 3];
layers = [
    sequenceInputLayer(inputSize, 'Name', 'video')
    sequenceFoldingLayer('Name', 'fold')
    convolution2dLayer(5, 10, 'Stride', 2, 'Padding', 'same', 'Name', 'conv')
    batchNormalizationLayer('Name', 'bn')
    reluLayer('Name', 'relu')
    averagePooling2dLayer(2, 'Stride', 2, 'Name', 'pool')
    sequenceUnfoldingLayer('Name', 'unfold')
    flattenLayer('Name', 'flatten')
    lstmLayer(40, 'OutputMode', 'last', 'Name', 'lstm')
    fullyConnectedLayer(7, 'Name', 'fc')
    softmaxLayer('Name', 'softmax')
    classificationLayer('Name', 'classification')];
lgraph = layerGraph(layers);
lgraph = connectLayers(lgraph, 'fold/miniBatchSize', 'unfold/miniBatchSize');
