% An encoder that remembers where its maxima were, and a decoder that puts them back.
layers = [
    imageInputLayer([64 48 3], 'Name', 'inputImage')
    convolution2dLayer(3, 32, 'Padding', 1, 'Name', 'encoder1_conv')
    batchNormalizationLayer('Name', 'encoder1_bn')
    reluLayer('Name', 'encoder1_relu')
    maxPooling2dLayer(2, 'Stride', 2, 'HasUnpoolingOutputs', true, 'Name', 'encoder1_pool')
    convolution2dLayer(3, 64, 'Padding', 1, 'Name', 'encoder2_conv')
    batchNormalizationLayer('Name', 'encoder2_bn')
    reluLayer('Name', 'encoder2_relu')
    maxPooling2dLayer(2, 'Stride', 2, 'HasUnpoolingOutputs', true, 'Name', 'encoder2_pool')
    maxUnpooling2dLayer('Name', 'decoder2_unpool')
    convolution2dLayer(3, 32, 'Padding', 1, 'Name', 'decoder2_conv')
    batchNormalizationLayer('Name', 'decoder2_bn')
    reluLayer('Name', 'decoder2_relu')
    maxUnpooling2dLayer('Name', 'decoder1_unpool')
    convolution2dLayer(3, 11, 'Padding', 1, 'Name', 'decoder1_conv')
    softmaxLayer('Name', 'softmax')
    pixelClassificationLayer('Name', 'pixelLabels')];

lgraph = layerGraph(layers);
lgraph = connectLayers(lgraph, 'encoder2_pool/indices', 'decoder2_unpool/indices');
lgraph = connectLayers(lgraph, 'encoder2_pool/size', 'decoder2_unpool/size');
lgraph = connectLayers(lgraph, 'encoder1_pool/indices', 'decoder1_unpool/indices');
lgraph = connectLayers(lgraph, 'encoder1_pool/size', 'decoder1_unpool/size');
