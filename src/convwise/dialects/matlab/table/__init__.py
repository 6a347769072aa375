"""MATLAB's Deep Learning Toolbox layers as data, for both directions; must never read code."""
