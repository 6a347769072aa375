% Text classification: one branch for every length of n-grams.
numWords = 5000;
embeddingDimension = 100;
ngramLengths = [2 3 4 5];
numFilters = 200;
classNames = ["Electrical" "Leak" "Mechanical" "Software"];
numClasses = numel(classNames);

net = dlnetwork;
layers = [
    sequenceInputLayer(1, Name="tokens")
    wordEmbeddingLayer(embeddingDimension, numWords, Name="emb")];
net = addLayers(net, layers);

numBlocks = numel(ngramLengths);
for j = 1:numBlocks
    N = ngramLengths(j);
    block = [
        convolution1dLayer(N, numFilters, Name="conv" + N, Padding="same")
        batchNormalizationLayer(Name="bn" + N)
        reluLayer(Name="relu" + N)
        dropoutLayer(0.2, Name="drop" + N)
        globalMaxPooling1dLayer(Name="max" + N)];
    net = addLayers(net, block);
    net = connectLayers(net, "emb", "conv" + N);
end

layers = [
    concatenationLayer(1, numBlocks, Name="cat")
    fullyConnectedLayer(numClasses, Name="fc")
    softmaxLayer(Name="soft")];
net = addLayers(net, layers);
for j = 1:numBlocks
    N = ngramLengths(j);
    net = connectLayers(net, "max" + N, "cat/in" + j);
end
