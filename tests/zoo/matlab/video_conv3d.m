% Actions in clips of 16 frames: the third dimension of the input is time.
inputSize = [56 56 16 3];
numClasses = 6;
layers = [
    image3dInputLayer(inputSize, Normalization="zerocenter")
    convolution3dLayer([3 3 3], 16, Padding="same")
    reluLayer
    maxPooling3dLayer([2 2 1], Stride=[2 2 1])
    convolution3dLayer([3 3 3], 32, Padding="same", Stride=[1 1 2])
    reluLayer
    maxPooling3dLayer(2, Stride=2, Padding="same")
    convolution3dLayer(3, 64)
    reluLayer
    averagePooling3dLayer([3 3 1], Stride=3)
    globalMaxPooling3dLayer
    fullyConnectedLayer(numClasses)
    softmaxLayer];
net = dlnetwork(layers);
