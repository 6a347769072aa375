"""ONNX files: the standard operators of opset 9 and later."""
