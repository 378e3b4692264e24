"""Make the float32 models of the baselines from an ONNX model.

Writes two files: `resnet50-fp32.onnx` for ONNX Runtime and OpenVINO, and `resnet50.npz` with the same weights
under the names of torchvision's state dict. The source is a float32 model or the int8 model of this
repository. For the int8 model, the weights are multiplied by their scales and the quantizing operators are
removed. Either way, all servers in the benchmark have the same weights, so their answers can be compared.

Example: python make_float_model.py --model ../../../models/resnet50/resnet50-int8.onnx --output .
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

# torchvision's epsilon of batch norm. Batch norm is already folded into the convolutions, so the remaining
# batch norm only adds the bias: (x - 0) / sqrt(1 + epsilon) * weight + bias, where weight = sqrt(1 +
# epsilon).
BATCH_NORM_EPSILON = 1e-5
BLOCKS_PER_LAYER = (3, 4, 6, 3)


def dequantize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model in float32, without QuantizeLinear and DequantizeLinear."""
    graph = model.graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    renamed: dict[str, str] = {}
    kept = []
    for node in graph.node:
        if node.op_type == "QuantizeLinear" and not values[node.input[2]].any():
            # A range that begins at zero clips negative values, so the quantizer left out the ReLU before it.
            rectified = onnx.helper.make_node("Relu", [node.input[0]], [f"{node.output[0]}_rectified"])
            kept.append(rectified)
            renamed[node.output[0]] = rectified.output[0]
        elif node.op_type == "QuantizeLinear":
            renamed[node.output[0]] = renamed.get(node.input[0], node.input[0])
        elif node.op_type == "DequantizeLinear" and node.input[0] in values:
            values[node.output[0]] = dequantized_constant(node, values)
        elif node.op_type == "DequantizeLinear":
            renamed[node.output[0]] = renamed[node.input[0]]
        else:
            kept.append(node)
    for node in kept:
        for index, name in enumerate(node.input):
            node.input[index] = renamed.get(name, name)
    used = {name for node in kept for name in node.input}
    constants = [numpy_helper.from_array(value, name) for name, value in values.items() if name in used]
    return onnx.helper.make_model(
        onnx.helper.make_graph(kept, "resnet50", graph.input, graph.output, constants),
        opset_imports=model.opset_import,
        ir_version=model.ir_version,
    )


def dequantized_constant(node: onnx.NodeProto, values: dict[str, np.ndarray]) -> np.ndarray:
    """Return (q - zero point) * scale of a constant, per channel if there is a scale for each channel."""
    quantized, scale, *zero_point = (values[name] for name in node.input)
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 1)
    shape = [1] * quantized.ndim
    if scale.ndim == 1:
        shape[axis] = -1
    offset = zero_point[0].astype(np.float32).reshape(shape) if zero_point else 0
    return ((quantized.astype(np.float32) - offset) * scale.reshape(shape)).astype(np.float32)


def convolution_names() -> list[tuple[str, str]]:
    """Return torchvision's names of each convolution and its batch norm, in a fixed order."""
    names = [("conv1", "bn1")]
    for layer, blocks in enumerate(BLOCKS_PER_LAYER, start=1):
        for block in range(blocks):
            prefix = f"layer{layer}.{block}"
            names += [(f"{prefix}.conv{index}", f"{prefix}.bn{index}") for index in (1, 2, 3)]
            if block == 0:
                names.append((f"{prefix}.downsample.0", f"{prefix}.downsample.1"))
    return names


def ordered_convolutions(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the convolutions in the order of `convolution_names`, by walking back from each residual
    addition.
    """
    producers = {name: node for node in graph.node for name in node.output}

    def chain(name: str) -> list[onnx.NodeProto]:
        """Convolutions from a value back to the start of its block: an addition, or the pooling before the
        first block.
        """
        found = []
        while (node := producers[name]).op_type not in ("Add", "MaxPool"):
            if node.op_type == "Conv":
                found.append(node)
            name = node.input[0]
        return found[::-1]

    first = next(node for node in graph.node if node.op_type == "Conv")
    ordered = [first]
    for addition in (node for node in graph.node if node.op_type == "Add"):
        branches = sorted((chain(name) for name in addition.input), key=len, reverse=True)
        ordered += [convolution for branch in branches for convolution in branch]
    return ordered


def state_dict(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Return torchvision's state dict of a ResNet-50 with batch norm folded into its convolutions."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    convolutions = ordered_convolutions(model.graph)
    names = convolution_names()
    if len(convolutions) != len(names):
        raise SystemExit(f"expected a ResNet-50 with {len(names)} convolutions, got {len(convolutions)}")
    state: dict[str, np.ndarray] = {}
    for (convolution, norm), node in zip(names, convolutions, strict=True):
        bias = values[node.input[2]]
        state[f"{convolution}.weight"] = values[node.input[1]]
        state[f"{norm}.weight"] = np.full_like(bias, np.sqrt(1 + BATCH_NORM_EPSILON))
        state[f"{norm}.bias"] = bias
        state[f"{norm}.running_mean"] = np.zeros_like(bias)
        state[f"{norm}.running_var"] = np.ones_like(bias)
    classifier = next(node for node in model.graph.node if node.op_type == "Gemm")
    state["fc.weight"] = values[classifier.input[1]]
    state["fc.bias"] = values[classifier.input[2]]
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="ONNX model, float32 or int8, batch norm folded")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    args = parser.parse_args()
    model = onnx.load(args.model)
    if any(node.op_type == "DequantizeLinear" for node in model.graph.node):
        model = dequantize(model)
    onnx.checker.check_model(model, full_check=True)
    args.output.mkdir(parents=True, exist_ok=True)
    np.savez(args.output / "resnet50.npz", **state_dict(model))
    onnx.save(model, args.output / "resnet50-fp32.onnx")


if __name__ == "__main__":
    main()
