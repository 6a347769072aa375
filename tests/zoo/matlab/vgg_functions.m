function layers = vgg_functions()
% A VGG-like network for 64-by-64 images, built from blocks.
filters = {32, 64, 128};
convolutions = [1 2 3];

layers = imageInputLayer([64 64 3], 'Name', 'input');
for b = 1:numel(filters)
    layers = [layers; vggBlock(b, filters{b}, convolutions(b))]; %#ok<AGROW>
end
layers = [layers
    fullyConnectedLayer(256, 'Name', 'fc6')
    reluLayer('Name', 'relu6')
    dropoutLayer(0.5, 'Name', 'drop6')
    fullyConnectedLayer(20, 'Name', 'fc7')
    softmaxLayer('Name', 'prob')
    classificationLayer('Name', 'output')];
end

function block = vggBlock(index, numFilters, numConvolutions)
block = [];
for c = 1:numConvolutions
    name = [num2str(index) '_' num2str(c)];
    block = [block
        convolution2dLayer([3 3], numFilters, 'Padding', [1 1], 'Stride', [1 1], 'Name', ['conv' name])
        reluLayer('Name', ['relu' name])]; %#ok<AGROW>
end
block = [block; maxPooling2dLayer([2 2], 'Stride', [2 2], 'Name', ['pool' num2str(index)])];
end
