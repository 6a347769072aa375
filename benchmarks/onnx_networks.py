"""The networks of the benchmark as ONNX files; weights are declared, not stored: small files."""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper


class Network:
    """Collects ONNX nodes and the shapes of their weights."""

    def __init__(self, shape: list[int]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
        self.count = 0

    def weight(self, *shape: int) -> str:
        """Declare a weight."""
        name = f"w{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def add(self, op: str, *inputs: str, **attributes: object) -> str:
        """Append a node, return its output."""
        self.count += 1
        name = f"t{self.count}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def conv(
        self, x: str, channels: int, filters: int, kernel: int, stride: int = 1, pad: int = 0
    ) -> str:
        weights = (self.weight(filters, channels, kernel, kernel), self.weight(filters))
        return self.add(
            "Conv",
            x,
            *weights,
            kernel_shape=[kernel] * 2,
            strides=[stride] * 2,
            pads=[pad] * 4,
        )

    def norm(self, x: str, channels: int) -> str:
        weights = [self.weight(channels) for _ in range(4)]
        return self.add("BatchNormalization", x, *weights)

    def pool(self, x: str, kernel: int, stride: int, pad: int = 0) -> str:
        return self.add(
            "MaxPool", x, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4
        )

    def save(self, output: str, path: Path) -> None:
        """Write the model; its output's shape is left to inference."""
        out = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "network", self.inputs, [out])
        opset = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opset), str(path))


def feature_maps(path: Path) -> None:
    """Two convolutions with max pooling on 300 x 300 x 3."""
    net = Network([1, 3, 300, 300])
    x = net.add("Relu", net.conv("x", 3, 32, 3))
    x = net.pool(x, 2, 2)
    x = net.add("Relu", net.conv(x, 32, 64, 3))
    net.save(net.pool(x, 2, 2), path)


def resnet50(path: Path) -> None:
    """ResNet-50, stride in the first convolution of a block, biases in every convolution."""
    net = Network([1, 3, 224, 224])
    x = net.add("Relu", net.norm(net.conv("x", 3, 64, 7, 2, 3), 64))
    x = net.pool(x, 3, 2, 1)
    channels = 64
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 0 else 1
            x = _block(net, x, channels, width, stride, shortcut=block == 0)
            channels = 4 * width
    x = net.add("Flatten", net.add("GlobalAveragePool", x))
    x = net.add("Gemm", x, net.weight(2048, 1000), net.weight(1000))
    net.save(net.add("Softmax", x), path)


def _block(net: Network, x: str, channels: int, width: int, stride: int, *, shortcut: bool) -> str:
    y = net.add("Relu", net.norm(net.conv(x, channels, width, 1, stride), width))
    y = net.add("Relu", net.norm(net.conv(y, width, width, 3, 1, 1), width))
    y = net.norm(net.conv(y, width, 4 * width, 1), 4 * width)
    if shortcut:
        x = net.norm(net.conv(x, channels, 4 * width, 1, stride), 4 * width)
    return net.add("Relu", net.add("Add", y, x))


if __name__ == "__main__":
    {"feature_maps": feature_maps, "resnet50": resnet50}[sys.argv[1]](Path(sys.argv[2]))
