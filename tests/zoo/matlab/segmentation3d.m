% Segmentation of small volumes: one level of a 3-D U-Net.
inputSize = [32 32 24 1];
numClasses = 3;

layers = [
    image3dInputLayer(inputSize, 'Name', 'volume', 'Normalization', 'none')
    convolution3dLayer(3, 8, 'Padding', 'same', 'Name', 'enc_conv1')
    batchNormalizationLayer('Name', 'enc_bn1')
    reluLayer('Name', 'enc_relu1')
    maxPooling3dLayer([2 2 2], 'Stride', [2 2 2], 'Name', 'enc_pool')
    convolution3dLayer([3 3 1], 16, 'Padding', [1 1 0; 1 1 0], 'Name', 'bridge_conv')
    batchNormalizationLayer('Name', 'bridge_bn')
    reluLayer('Name', 'bridge_relu')
    transposedConv3dLayer(2, 8, 'Stride', 2, 'Name', 'dec_up')
    concatenationLayer(4, 2, 'Name', 'dec_cat')
    convolution3dLayer(3, 8, 'Padding', 1, 'Name', 'dec_conv')
    reluLayer('Name', 'dec_relu')
    convolution3dLayer(1, numClasses, 'Name', 'scores')
    softmaxLayer('Name', 'softmax')
    dicePixelClassificationLayer('Name', 'labels')];

lgraph = layerGraph(layers);
lgraph = connectLayers(lgraph, 'enc_relu1', 'dec_cat/in2');
