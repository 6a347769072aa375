% An image and one number beside it: the angle by which it was turned.
imageInputSize = [28 28 1];
filterSize = 5;
numFilters = 16;
numFeatures = 1;
numClasses = 10;

layers = [
    imageInputLayer(imageInputSize, 'Normalization', 'none', 'Name', 'images')
    convolution2dLayer(filterSize, numFilters, 'Name', 'conv')
    reluLayer('Name', 'relu')
    fullyConnectedLayer(50, 'Name', 'fc1')
    flattenLayer('Name', 'flatten')
    concatenationLayer(1, 2, 'Name', 'concat')
    fullyConnectedLayer(numClasses, 'Name', 'fc2')
    softmaxLayer('Name', 'softmax')];

lgraph = layerGraph(layers);

featInput = featureInputLayer(numFeatures, 'Name', 'features');
lgraph = addLayers(lgraph, featInput);
lgraph = connectLayers(lgraph, 'features', 'concat/in2');

net = dlnetwork(lgraph);
