"""Builds the generator as an ONNX graph with the weights of a saved tfjs Layers model.

The graph is the plain one: reflection Pad, Conv, InstanceNormalization (scale 1, bias 0), Relu, ConvTranspose, Tanh,
in NCHW as ONNX wants it. What can be fused is left to ONNX Runtime's own optimiser.
"""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from saved_weights import block_count, read_weights, reversed_kernel

OPSET = 17
EPSILON = 1e-5


class Graph:
    """Nodes and constants in the order they are added; each method returns the name of what it made."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants, self.channels = weights, [], {}, 0

    def constant(self, name, value):
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op, inputs, **attributes):
        output = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def reflect(self, x, pad):
        pads = self.constant(f"reflect_{pad}", np.array([0, 0, pad, pad, 0, 0, pad, pad], np.int64))
        return self.add("Pad", [x, pads], mode="reflect")

    def convolution(self, x, layer, op="Conv", **attributes):
        kernel = reversed_kernel(self.weights[f"{layer}/kernel"])
        bias = self.weights[f"{layer}/bias"]
        self.channels = len(bias)
        side = kernel.shape[2]
        names = [self.constant(f"{layer}/kernel", kernel), self.constant(f"{layer}/bias", bias)]
        return self.add(op, [x, *names], kernel_shape=[side, side], **attributes)

    def normalised(self, x, relu=True):
        ones = self.constant(f"ones_{self.channels}", np.ones(self.channels, np.float32))
        zeros = self.constant(f"zeros_{self.channels}", np.zeros(self.channels, np.float32))
        y = self.add("InstanceNormalization", [x, ones, zeros], epsilon=EPSILON)
        return self.add("Relu", [y]) if relu else y


def build(folder, height, width):
    """The model in `folder` for one picture of this size: `input` [1, c, h, w] to `output` [1, c', h, w]."""
    weights = read_weights(folder)
    g = Graph(weights)
    x = g.normalised(g.convolution(g.reflect("input", 3), "encoder_0"))
    for layer in ("encoder_1", "encoder_2"):
        x = g.normalised(g.convolution(x, layer, strides=[2, 2], pads=[1, 1, 1, 1]))
    for block in range(block_count(weights)):
        y = g.normalised(g.convolution(g.reflect(x, 1), f"block_{block}_a"))
        y = g.normalised(g.convolution(g.reflect(y, 1), f"block_{block}_b"), relu=False)
        x = g.add("Add", [x, y])
    for layer in ("decoder_0", "decoder_1"):
        doubled = {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}
        x = g.normalised(g.convolution(x, layer, op="ConvTranspose", **doubled))
    x = g.add("Tanh", [g.convolution(g.reflect(x, 3), "output")])

    inputs = weights["encoder_0/kernel"].shape[2]
    ends = [
        helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inputs, height, width]),
        helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, g.channels, height, width]),
    ]
    graph = helper.make_graph(g.nodes, "generator", ends[:1], ends[1:], list(g.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model
