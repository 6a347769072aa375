% A pyramid of features: the coarse one is made as large as the fine one and added to it.
net = dlnetwork;
net = addLayers(net, [
    imageInputLayer([60 44 3], Name="image", Normalization="none")
    convolution2dLayer(3, 24, Stride=2, Padding="same", Name="c2")
    reluLayer(Name="r2")
    convolution2dLayer(3, 48, Stride=2, Padding="same", Name="c3")
    reluLayer(Name="r3")
    convolution2dLayer(3, 64, Stride=2, Padding="same", Name="c4")
    reluLayer(Name="r4")
    convolution2dLayer(1, 32, Name="p4")
    resize2dLayer(EnableReferenceInput=true, Method="nearest", Name="up4")
    additionLayer(2, Name="m3")
    resize2dLayer(Scale=2, Method="bilinear", Name="up3")
    additionLayer(2, Name="m2")
    convolution2dLayer(3, 8, Padding="same", Name="smooth")
    resize2dLayer(OutputSize=[60 44], Method="bilinear", Name="full")
    convolution2dLayer(1, 1, Name="mask")
    sigmoidLayer(Name="out")]);
net = addLayers(net, convolution2dLayer(1, 32, Name="p3"));
net = addLayers(net, convolution2dLayer(1, 32, Name="p2"));
net = connectLayers(net, "r3", "p3");
net = connectLayers(net, "r2", "p2");
net = connectLayers(net, "p3", "up4/ref");
net = connectLayers(net, "p3", "m3/in2");
net = connectLayers(net, "p2", "m2/in2");
