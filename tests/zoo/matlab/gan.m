%% Generator
filterSize = [4 4];
numFilters = 64;
numLatentInputs = 100;

layersGenerator = [
    featureInputLayer(numLatentInputs, 'Name', 'noise')
    fullyConnectedLayer(4*4*512, 'Name', 'project')
    batchNormalizationLayer('Name', 'bnorm0')
    reluLayer('Name', 'relu0')
    fullyConnectedLayer(256, 'Name', 'mix')
    tanhLayer('Name', 'tanh')];

netG = dlnetwork(layerGraph(layersGenerator));

%% Discriminator
dropoutProb = 0.5;
scale = 0.2;
layersDiscriminator = [
    imageInputLayer([64 64 3], 'Normalization', 'none', 'Name', 'in')
    dropoutLayer(dropoutProb, 'Name', 'dropout')
    convolution2dLayer(filterSize, numFilters, 'Stride', 2, 'Padding', 'same', 'Name', 'conv1')
    leakyReluLayer(scale, 'Name', 'lrelu1')
    convolution2dLayer(filterSize, 2*numFilters, 'Stride', 2, 'Padding', 'same', 'Name', 'conv2')
    batchNormalizationLayer('Name', 'bn2')
    leakyReluLayer(scale, 'Name', 'lrelu2')
    convolution2dLayer(filterSize, 4*numFilters, 'Stride', 2, 'Padding', 'same', 'Name', 'conv3')
    batchNormalizationLayer('Name', 'bn3')
    leakyReluLayer(scale, 'Name', 'lrelu3')
    convolution2dLayer(8, 1, 'Name', 'conv4')];

netD = dlnetwork(layerGraph(layersDiscriminator));
