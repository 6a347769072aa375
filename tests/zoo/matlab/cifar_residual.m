%% A residual network for CIFAR-10
% Three stages of two units; the first unit of stages two and three halves the image, and its
% shortcut has a 1-by-1 convolution so that both inputs of the addition agree.
netWidth = 16;

layers = [
    imageInputLayer([32 32 3], 'Name', 'input')
    convolution2dLayer(3, netWidth, 'Padding', 'same', 'Name', 'convInp')
    batchNormalizationLayer('Name', 'BNInp')
    reluLayer('Name', 'reluInp')

    convolutionalUnit(netWidth, 1, 'S1U1')
    additionLayer(2, 'Name', 'add11')
    reluLayer('Name', 'relu11')
    convolutionalUnit(netWidth, 1, 'S1U2')
    additionLayer(2, 'Name', 'add12')
    reluLayer('Name', 'relu12')

    convolutionalUnit(2*netWidth, 2, 'S2U1')
    additionLayer(2, 'Name', 'add21')
    reluLayer('Name', 'relu21')
    convolutionalUnit(2*netWidth, 1, 'S2U2')
    additionLayer(2, 'Name', 'add22')
    reluLayer('Name', 'relu22')

    convolutionalUnit(4*netWidth, 2, 'S3U1')
    additionLayer(2, 'Name', 'add31')
    reluLayer('Name', 'relu31')
    convolutionalUnit(4*netWidth, 1, 'S3U2')
    additionLayer(2, 'Name', 'add32')
    reluLayer('Name', 'relu32')

    averagePooling2dLayer(8, 'Name', 'globalPool')
    fullyConnectedLayer(10, 'Name', 'fcFinal')
    softmaxLayer('Name', 'softmax')
    classificationLayer('Name', 'classoutput')
    ];

lgraph = layerGraph(layers);

% Shortcuts that change nothing
lgraph = connectLayers(lgraph, 'reluInp', 'add11/in2');
lgraph = connectLayers(lgraph, 'relu11', 'add12/in2');
lgraph = connectLayers(lgraph, 'relu21', 'add22/in2');
lgraph = connectLayers(lgraph, 'relu31', 'add32/in2');

% Shortcuts with a projection
skip1 = [
    convolution2dLayer(1, 2*netWidth, 'Stride', 2, 'Name', 'skipConv1')
    batchNormalizationLayer('Name', 'skipBN1')];
lgraph = addLayers(lgraph, skip1);
lgraph = connectLayers(lgraph, 'relu12', 'skipConv1');
lgraph = connectLayers(lgraph, 'skipBN1', 'add21/in2');

skip2 = [
    convolution2dLayer(1, 4*netWidth, 'Stride', 2, 'Name', 'skipConv2')
    batchNormalizationLayer('Name', 'skipBN2')];
lgraph = addLayers(lgraph, skip2);
lgraph = connectLayers(lgraph, 'relu22', 'skipConv2');
lgraph = connectLayers(lgraph, 'skipBN2', 'add31/in2');

figure
plot(lgraph)

function layers = convolutionalUnit(numF, stride, tag)
% Two convolutions; the addition and the last rectifier are outside.
layers = [
    convolution2dLayer(3, numF, 'Padding', 'same', 'Stride', stride, 'Name', [tag, 'conv1'])
    batchNormalizationLayer('Name', [tag, 'BN1'])
    reluLayer('Name', [tag, 'relu1'])
    convolution2dLayer(3, numF, 'Padding', 'same', 'Name', [tag, 'conv2'])
    batchNormalizationLayer('Name', [tag, 'BN2'])];
end
