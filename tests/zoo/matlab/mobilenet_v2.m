% Inverted residuals: expand, filter every channel on its own, project, add.
lgraph = layerGraph([
    imageInputLayer([96 96 3], 'Name', 'input')
    convolution2dLayer(3, 16, 'Stride', 2, 'Padding', 'same', 'Name', 'stem')
    batchNormalizationLayer('Epsilon', 0.001, 'Name', 'stem_bn')
    clippedReluLayer(6, 'Name', 'stem_relu')]);

% expansion, output channels, stride
settings = [
    1  8 1
    6 12 2
    6 12 1
    6 16 2];
last = 'stem_relu';
channels = 16;
for i = 1:size(settings, 1)
    t = settings(i, 1); c = settings(i, 2); s = settings(i, 3);
    tag = sprintf('block_%d', i);
    block = [
        convolution2dLayer(1, t*channels, 'Padding', 'same', 'Name', [tag '_expand'])
        batchNormalizationLayer('Name', [tag '_expand_bn'])
        clippedReluLayer(6, 'Name', [tag '_expand_relu'])
        groupedConvolution2dLayer(3, 1, 'channel-wise', 'Stride', s, 'Padding', 'same', 'Name', [tag '_depthwise'])
        batchNormalizationLayer('Name', [tag '_depthwise_bn'])
        clippedReluLayer(6, 'Name', [tag '_depthwise_relu'])
        convolution2dLayer(1, c, 'Padding', 'same', 'Name', [tag '_project'])
        batchNormalizationLayer('Name', [tag '_project_bn'])];
    lgraph = addLayers(lgraph, block);
    lgraph = connectLayers(lgraph, last, [tag '_expand']);
    if s == 1 && c == channels
        lgraph = addLayers(lgraph, additionLayer(2, 'Name', [tag '_add']));
        lgraph = connectLayers(lgraph, [tag '_project_bn'], [tag '_add/in1']);
        lgraph = connectLayers(lgraph, last, [tag '_add/in2']);
        last = [tag '_add'];
    else
        last = [tag '_project_bn'];
    end
    channels = c;
end

lgraph = addLayers(lgraph, [
    globalAveragePooling2dLayer('Name', 'gap')
    fullyConnectedLayer(5, 'Name', 'logits')
    softmaxLayer('Name', 'probabilities')
    classificationLayer('Name', 'output')]);
lgraph = connectLayers(lgraph, last, 'gap');
