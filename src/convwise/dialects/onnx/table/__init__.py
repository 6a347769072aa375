"""What ONNX's standard operators stand for, as data; must never read a model."""
