% Super-resolution: channels become pixels at the very end.
upscale = 3;
layers = [
    imageInputLayer([24 20 1], 'Normalization', 'none', 'Name', 'low')
    convolution2dLayer(5, 64, 'Padding', 'same', 'Name', 'features')
    tanhLayer('Name', 'tanh1')
    convolution2dLayer(3, 32, 'Padding', 'same', 'Name', 'map')
    tanhLayer('Name', 'tanh2')
    convolution2dLayer(3, upscale^2, 'Padding', 'same', 'Name', 'sub')
    depthToSpace2dLayer(upscale, 'Name', 'high')
    spaceToDepthLayer([2 2], 'Name', 'blocks')];
