% Three blocks of a convolution and a pooling with stride 1 on 25 x 20 images of 7 channels.
% Question: every output is 25 x 20 x 15, (25 - 2 + 2*1)/1 + 1 = 25. Is the pooling useless, and
% should it go?
layers = [
    imageInputLayer([25 20 7], 'Normalization', 'none')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 1, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 1, 'Padding', 'same')

    convolution2dLayer(5, 15, 'Padding', 'same')
    maxPooling2dLayer(2, 'Stride', 1, 'Padding', 'same')];
