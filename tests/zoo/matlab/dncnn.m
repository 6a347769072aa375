% Denoising: the network predicts the noise that is in a patch of 50-by-50 pixels.
depth = 20;
patch = 50;

layers = [imageInputLayer([patch patch 1], 'Name', 'InputLayer', 'Normalization', 'none')];
for k = 1:depth
    if k == depth
        filters = 1;
    else
        filters = 64;
    end
    layers = [layers
        convolution2dLayer(3, filters, 'Padding', [1 1 1 1], 'Name', "Conv" + string(k))];
    if k > 1 && k < depth
        layers(end+1) = batchNormalizationLayer('Name', "BNorm" + string(k));
    end
    if k < depth
        layers(end+1) = reluLayer('Name', "ReLU" + string(k));
    end
end
layers = [layers; regressionLayer('Name', 'FinalRegressionLayer')];
