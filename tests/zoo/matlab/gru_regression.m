% Remaining life of an engine from 17 sensors, step by step, with the three kinds of reset gates.
layers = [
    sequenceInputLayer(17)
    gruLayer(32)
    gruLayer(24, 'ResetGateMode', 'before-multiplication')
    gruLayer(16, 'ResetGateMode', 'recurrent-bias-after-multiplication', 'OutputMode', 'last')
    fullyConnectedLayer(1)
    regressionLayer];
