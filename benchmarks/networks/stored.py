"""Writes the networks as ONNX files; weights are declared, not stored: small files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
from onnx import TensorProto, helper


class Drawing:
    """Collects ONNX nodes and the shapes of their weights."""

    def __init__(self, channels: int, *sizes: int) -> None:
        self.axes = len(sizes)
        self.nodes: list[onnx.NodeProto] = []
        shape = [1, channels, *sizes]
        self.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]

    def weight(self, *shape: int) -> str:
        """Declare a weight."""
        name = f"w{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def add(self, op: str, *inputs: str, **attributes: object) -> str:
        """Append a node, return its output."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def conv(
        self, x: str, channels: int, filters: int, kernel: int, stride: int = 1, *, bias: bool
    ) -> str:
        """A convolution that pads so that stride 1 keeps the size."""
        weights = [self.weight(filters, channels, *[kernel] * self.axes)]
        if bias:
            weights.append(self.weight(filters))
        return self.add("Conv", x, *weights, **self._window(kernel, stride, kernel // 2))

    def pool(self, x: str, kernel: int, stride: int, pad: int) -> str:
        """Largest value of a window."""
        return self.add("MaxPool", x, **self._window(kernel, stride, pad))

    def norm(self, x: str, channels: int) -> str:
        """Batch normalisation, moving statistics among its weights as in Keras."""
        return self.add("BatchNormalization", x, *[self.weight(channels) for _ in range(4)])

    def _window(self, kernel: int, stride: int, pad: int) -> dict[str, object]:
        return {
            "kernel_shape": [kernel] * self.axes,
            "strides": [stride] * self.axes,
            "pads": [pad] * (2 * self.axes),
        }

    def save(self, output: str, path: Path) -> None:
        """Write the model; its output's shape is left to inference."""
        out = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "network", self.inputs, [out])
        opset = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opset), str(path))


def resnet50(path: Path) -> None:
    """ResNet-50, the same as `resnet50_torch.py` and `resnet50_keras.py`."""
    net = Drawing(3, 224, 224)
    x = net.add("Relu", net.norm(net.conv("x", 3, 64, 7, 2, bias=False), 64))
    x = net.pool(x, 3, 2, 1)
    channels = 64
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 0 else 1
            x = _bottleneck(net, x, channels, width, stride, project=block == 0)
            channels = 4 * width
    x = net.add("Flatten", net.add("GlobalAveragePool", x))
    net.save(net.add("Gemm", x, net.weight(2048, 1000), net.weight(1000)), path)


def _bottleneck(
    net: Drawing, x: str, channels: int, width: int, stride: int, *, project: bool
) -> str:
    def part(x: str, channels: int, filters: int, kernel: int, stride: int = 1) -> str:
        return net.norm(net.conv(x, channels, filters, kernel, stride, bias=False), filters)

    y = net.add("Relu", part(x, channels, width, 1))
    y = net.add("Relu", part(y, width, width, 3, stride))
    y = part(y, width, 4 * width, 1)
    if project:
        x = part(x, channels, 4 * width, 1, stride)
    return net.add("Relu", net.add("Add", y, x))


def unet3d(path: Path) -> None:
    """A 3-D U-Net, the same as `unet3d_torch.py` and `unet3d_keras.py`."""
    net = Drawing(2, 64, 64, 64)
    widths = (16, 32, 64, 128)
    x, channels = "x", 2
    skips = []
    for level, width in enumerate(widths):
        if level:
            x = net.pool(x, 2, 2, 0)
        x = _double(net, x, channels, width)
        skips.append(x)
        channels = width
    skips.pop()
    for width in reversed(widths[:-1]):
        weights = (net.weight(2 * width, width, 2, 2, 2), net.weight(width))
        x = net.add("ConvTranspose", x, *weights, strides=[2] * 3)
        x = net.add("Concat", skips.pop(), x, axis=1)
        x = _double(net, x, 2 * width, width)
    net.save(net.conv(x, widths[0], 3, 1, bias=True), path)


def _double(net: Drawing, x: str, channels: int, width: int) -> str:
    x = net.add("Relu", net.norm(net.conv(x, channels, width, 3, bias=True), width))
    return net.add("Relu", net.norm(net.conv(x, width, width, 3, bias=True), width))


WRITERS: dict[str, Callable[[Path], None]] = {"resnet50": resnet50, "unet3d": unet3d}


def write(name: str, path: str) -> None:
    """Write the network of this name."""
    WRITERS[name](Path(path))
