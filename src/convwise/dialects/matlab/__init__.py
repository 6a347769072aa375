"""MATLAB code: layer arrays, layer graphs and dlnetworks of the Deep Learning Toolbox."""
