% One inception module: four views of the same input side by side.
lgraph = layerGraph();
lgraph = addLayers(lgraph, [
    imageInputLayer([56 56 3], 'Name', 'data')
    convolution2dLayer(7, 64, 'Stride', 2, 'Padding', 3, 'Name', 'conv1')
    reluLayer('Name', 'relu1')
    maxPooling2dLayer(3, 'Stride', 2, 'Padding', [0 1 0 1], 'Name', 'pool1')]);

lgraph = addLayers(lgraph, [
    convolution2dLayer(1, 64, 'Name', '1x1')
    reluLayer('Name', 'relu_1x1')]);
lgraph = addLayers(lgraph, [
    convolution2dLayer(1, 96, 'Name', '3x3_reduce')
    reluLayer('Name', 'relu_3x3_reduce')
    convolution2dLayer(3, 128, 'Padding', [1 1 1 1], 'Name', '3x3')
    reluLayer('Name', 'relu_3x3')]);
lgraph = addLayers(lgraph, [
    convolution2dLayer(1, 16, 'Name', '5x5_reduce')
    reluLayer('Name', 'relu_5x5_reduce')
    convolution2dLayer(5, 32, 'Padding', [2 2 2 2], 'Name', '5x5')
    reluLayer('Name', 'relu_5x5')]);
lgraph = addLayers(lgraph, [
    maxPooling2dLayer(3, 'Stride', 1, 'Padding', 1, 'Name', 'pool')
    convolution2dLayer(1, 32, 'Name', 'pool_proj')
    reluLayer('Name', 'relu_pool_proj')]);
lgraph = addLayers(lgraph, [
    depthConcatenationLayer(4, 'Name', 'output')
    averagePooling2dLayer(7, 'Stride', 1, 'Name', 'average')
    dropoutLayer(0.4, 'Name', 'dropout')
    fullyConnectedLayer(12, 'Name', 'classifier')
    softmaxLayer('Name', 'prob')]);

for first = {'1x1', '3x3_reduce', '5x5_reduce', 'pool'}
    lgraph = connectLayers(lgraph, 'pool1', first{1});
end
lgraph = connectLayers(lgraph, 'relu_1x1', 'output/in1');
lgraph = connectLayers(lgraph, 'relu_3x3', 'output/in2');
lgraph = connectLayers(lgraph, 'relu_5x5', 'output/in3');
lgraph = connectLayers(lgraph, 'relu_pool_proj', 'output/in4');
