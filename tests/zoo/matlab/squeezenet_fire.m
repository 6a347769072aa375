% SqueezeNet's fire modules: squeeze to few channels, expand by 1-by-1 and 3-by-3 filters.
lgraph = layerGraph([
    imageInputLayer([227 227 3], 'Name', 'data')
    convolution2dLayer(3, 64, 'Stride', 2, 'Name', 'conv1')
    reluLayer('Name', 'relu_conv1')
    maxPooling2dLayer(3, 'Stride', 2, 'Name', 'pool1')]);

[lgraph, last] = fire(lgraph, 'pool1', 'fire2', 16, 64);
[lgraph, last] = fire(lgraph, last, 'fire3', 16, 64);

lgraph = addLayers(lgraph, maxPooling2dLayer(3, 'Stride', 2, 'Padding', [0 1 0 1], 'Name', 'pool3'));
lgraph = connectLayers(lgraph, last, 'pool3');
[lgraph, last] = fire(lgraph, 'pool3', 'fire4', 32, 128);

head = [
    dropoutLayer(0.5, 'Name', 'drop9')
    convolution2dLayer(1, 100, 'Name', 'conv10')
    reluLayer('Name', 'relu_conv10')
    globalAveragePooling2dLayer('Name', 'pool10')
    softmaxLayer('Name', 'prob')
    classificationLayer('Name', 'ClassificationLayer_predictions')];
lgraph = addLayers(lgraph, head);
lgraph = connectLayers(lgraph, last, 'drop9');

function [lgraph, last] = fire(lgraph, from, name, squeeze, expand)
    lgraph = addLayers(lgraph, [
        convolution2dLayer(1, squeeze, 'Name', [name '-squeeze1x1'])
        reluLayer('Name', [name '-relu_squeeze1x1'])
        convolution2dLayer(1, expand, 'Name', [name '-expand1x1'])
        reluLayer('Name', [name '-relu_expand1x1'])
        depthConcatenationLayer(2, 'Name', [name '-concat'])]);
    lgraph = addLayers(lgraph, [
        convolution2dLayer(3, expand, 'Padding', 1, 'Name', [name '-expand3x3'])
        reluLayer('Name', [name '-relu_expand3x3'])]);
    lgraph = connectLayers(lgraph, from, [name '-squeeze1x1']);
    lgraph = connectLayers(lgraph, [name '-relu_squeeze1x1'], [name '-expand3x3']);
    lgraph = connectLayers(lgraph, [name '-relu_expand3x3'], [name '-concat/in2']);
    last = [name '-concat'];
end
