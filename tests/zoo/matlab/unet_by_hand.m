% U-Net without padding, as in the first paper: what is copied over is cropped.
imageSize = [188 188 1];
numClasses = 2;
width = 16;

encoder1 = [
    imageInputLayer(imageSize, 'Name', 'image', 'Normalization', 'zerocenter')
    convolution2dLayer(3, width, 'Name', 'down1_conv1')
    reluLayer('Name', 'down1_relu1')
    convolution2dLayer(3, width, 'Name', 'down1_conv2')
    reluLayer('Name', 'down1_relu2')
    maxPooling2dLayer(2, 'Stride', 2, 'Name', 'down1_pool')
    convolution2dLayer(3, 2*width, 'Name', 'down2_conv1')
    reluLayer('Name', 'down2_relu1')
    convolution2dLayer(3, 2*width, 'Name', 'down2_conv2')
    reluLayer('Name', 'down2_relu2')
    maxPooling2dLayer(2, 'Stride', 2, 'Name', 'down2_pool')
    convolution2dLayer(3, 4*width, 'Name', 'bridge_conv1')
    reluLayer('Name', 'bridge_relu1')
    convolution2dLayer(3, 4*width, 'Name', 'bridge_conv2')
    reluLayer('Name', 'bridge_relu2')
    dropoutLayer(0.5, 'Name', 'bridge_drop')
    transposedConv2dLayer(2, 2*width, 'Stride', 2, 'Name', 'up2_conv')
    depthConcatenationLayer(2, 'Name', 'up2_cat')
    convolution2dLayer(3, 2*width, 'Name', 'up2_conv1')
    reluLayer('Name', 'up2_relu1')
    convolution2dLayer(3, 2*width, 'Name', 'up2_conv2')
    reluLayer('Name', 'up2_relu2')
    transposedConv2dLayer(2, width, 'Stride', 2, 'Name', 'up1_conv')
    depthConcatenationLayer(2, 'Name', 'up1_cat')
    convolution2dLayer(3, width, 'Name', 'up1_conv1')
    reluLayer('Name', 'up1_relu1')
    convolution2dLayer(3, width, 'Name', 'up1_conv2')
    reluLayer('Name', 'up1_relu2')
    convolution2dLayer(1, numClasses, 'Name', 'final_conv')
    softmaxLayer('Name', 'softmax')
    pixelClassificationLayer('Name', 'labels')];

lgraph = layerGraph(encoder1);
for level = 1:2
    crop = crop2dLayer('centercrop', 'Name', sprintf('up%d_crop', level));
    lgraph = addLayers(lgraph, crop);
    lgraph = connectLayers(lgraph, sprintf('down%d_relu2', level), sprintf('up%d_crop/in', level));
    lgraph = connectLayers(lgraph, sprintf('up%d_conv', level), sprintf('up%d_crop/ref', level));
    lgraph = connectLayers(lgraph, sprintf('up%d_crop', level), sprintf('up%d_cat/in2', level));
end
