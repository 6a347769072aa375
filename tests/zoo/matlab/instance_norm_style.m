% Style transfer: every image is normalised on its own; borders are mirrored, not black.
inputSize = [128 128 3];
down = [
    imageInputLayer(inputSize, 'Normalization', 'none', 'Name', 'photo')
    convolution2dLayer(9, 16, 'Padding', 'same', 'PaddingValue', 'symmetric-exclude-edge', 'Name', 'conv1')
    instanceNormalizationLayer('Name', 'in1')
    reluLayer('Name', 'relu1')
    convolution2dLayer(3, 32, 'Stride', 2, 'Padding', [1 1 1 1], 'Name', 'conv2')
    instanceNormalizationLayer('Name', 'in2')
    reluLayer('Name', 'relu2')];
lgraph = layerGraph(down);
last = 'relu2';
for k = 1:3
    body = [
        convolution2dLayer(3, 32, 'Padding', 1, 'PaddingValue', 'replicate', 'Name', ['res' num2str(k) '_conv1'])
        instanceNormalizationLayer('Name', ['res' num2str(k) '_in1'])
        reluLayer('Name', ['res' num2str(k) '_relu'])
        convolution2dLayer(3, 32, 'Padding', 1, 'PaddingValue', 'symmetric-include-edge', 'Name', ['res' num2str(k) '_conv2'])
        instanceNormalizationLayer('Name', ['res' num2str(k) '_in2'])
        additionLayer(2, 'Name', ['res' num2str(k) '_add'])];
    lgraph = addLayers(lgraph, body);
    lgraph = connectLayers(lgraph, last, ['res' num2str(k) '_conv1']);
    lgraph = connectLayers(lgraph, last, ['res' num2str(k) '_add/in2']);
    last = ['res' num2str(k) '_add'];
end
up = [
    transposedConv2dLayer(3, 16, 'Stride', 2, 'Cropping', 'same', 'Name', 'up1')
    instanceNormalizationLayer('Name', 'in3')
    reluLayer('Name', 'relu3')
    convolution2dLayer(9, 3, 'Padding', 'same', 'Name', 'conv4')
    tanhLayer('Name', 'painting')];
lgraph = addLayers(lgraph, up);
lgraph = connectLayers(lgraph, last, 'up1');
