% One encoder block over sequences of at most 128 tokens.
maxPosition = 128;
numHeads = 4;
numKeyChannels = numHeads*16;
numWords = 3000;

net = dlnetwork;
net = addLayers(net, [
    sequenceInputLayer(1, Name="tokens")
    wordEmbeddingLayer(64, numWords, Name="words")
    additionLayer(2, Name="embed")
    selfAttentionLayer(numHeads, numKeyChannels, Name="attention")
    additionLayer(2, Name="add1")
    layerNormalizationLayer(Name="norm1")
    fullyConnectedLayer(256, Name="wide")
    geluLayer(Name="gelu")
    fullyConnectedLayer(64, Name="narrow")
    additionLayer(2, Name="add2")
    layerNormalizationLayer(Name="norm2")
    indexing1dLayer("first", Name="first")
    fullyConnectedLayer(2, Name="fc")
    softmaxLayer(Name="softmax")]);
net = addLayers(net, positionEmbeddingLayer(64, maxPosition, Name="positions"));
net = connectLayers(net, "words", "positions");
net = connectLayers(net, "positions", "embed/in2");
net = connectLayers(net, "embed", "add1/in2");
net = connectLayers(net, "norm1", "add2/in2");
