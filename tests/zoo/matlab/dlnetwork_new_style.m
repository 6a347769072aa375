% A gate that listens to the whole image: squeeze and excitation.
net = dlnetwork;

tempNet = [
    imageInputLayer([32 32 3], "Name", "imageinput")
    convolution2dLayer([3 3], 32, "Name", "conv", "Padding", "same")
    batchNormalizationLayer("Name", "batchnorm")
    reluLayer("Name", "relu")];
net = addLayers(net, tempNet);

tempNet = [
    globalAveragePooling2dLayer("Name", "gapool")
    convolution2dLayer([1 1], 4, "Name", "squeeze")
    swishLayer("Name", "swish")
    convolution2dLayer([1 1], 32, "Name", "excite")
    sigmoidLayer("Name", "sigmoid")];
net = addLayers(net, tempNet);

tempNet = [
    multiplicationLayer(2, "Name", "multiplication")
    maxPooling2dLayer([2 2], "Name", "maxpool", "Stride", [2 2])
    fullyConnectedLayer(10, "Name", "fc")
    softmaxLayer("Name", "softmax")];
net = addLayers(net, tempNet);
clear tempNet;

net = connectLayers(net, "relu", "gapool");
net = connectLayers(net, "relu", "multiplication/in1");
net = connectLayers(net, "sigmoid", "multiplication/in2");
net = initialize(net);
