"""Make the graph of an int8 model that the service runs: its input is uint8, in blocks of 2 x 2 pixels.

Two changes save time at every prediction. Neither changes a bit of the result:

- The graph's first operator quantizes the input. A channel has only 256 values, so the service looks the
  result up when it writes the tensor.
- The first convolution has 3 input channels and stride 2, which uses a small part of the processor's vectors.
  The same sums over blocks of 2 x 2 pixels with 12 channels and stride 1 use more of them (space-to-depth).

The graph's weights stay where they are: the new graph refers to their bytes inside the file of the model, as
ONNX allows for external data. Only the two small graphs are new files, this one and the one that
`npm run model:optimise` makes from it. The same model gives the same graph.

Prints what manifest.json must know of the input.

Example: python blocks.py --model ../resnet50/resnet50-int8.onnx --output ../resnet50/resnet50-int8-blocks.onnx
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLOCK = 2
CHANNELS = 3
# Smaller tensors stay in the graph, and so do all that are not bytes: inside a model file nothing is aligned.
EXTERNAL_BYTES = 1024
EXTERNAL_TYPES = (TensorProto.INT8, TensorProto.UINT8)


def find_input(graph: onnx.GraphProto) -> tuple[onnx.NodeProto, onnx.NodeProto, onnx.TensorProto]:
    """Return the operator that quantizes the input, the first convolution and its quantized weights."""
    consumers = {name: node for node in graph.node for name in node.input}
    producers = {name: node for node in graph.node for name in node.output}
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    quantize = consumers[graph.input[0].name]
    convolution = consumers[consumers[quantize.output[0]].output[0]]
    if (quantize.op_type, convolution.op_type) != ("QuantizeLinear", "Conv"):
        raise SystemExit(
            f"expected QuantizeLinear and a convolution after the input, got {quantize.op_type}, {convolution.op_type}"
        )
    return quantize, convolution, tensors[producers[convolution.input[1]].input[0]]


def block_range(kernel: int, padding: int) -> tuple[int, int]:
    """Return the first and the last block that a kernel reaches, counted from the block that it belongs to.

    A kernel of 7 rows that starts 3 rows above its block reaches into 4 blocks: -2, -1, 0 and 1.
    """
    return -padding // BLOCK, (kernel - padding - 1) // BLOCK


def block_weights(weights: np.ndarray, padding: int) -> np.ndarray:
    """Return the weights [out, 12, blocks, blocks] over blocks for the weights [out, 3, kernel, kernel] over pixels.

    The channel (row * 2 + column) * 3 + c of a block is the channel c of its pixel [row, column].
    """
    kernel = weights.shape[2]
    first, last = block_range(kernel, padding)
    side = last - first + 1
    blocks = np.zeros((weights.shape[0], BLOCK * BLOCK * CHANNELS, side, side), weights.dtype)
    for row, column, down, right in np.ndindex(BLOCK, BLOCK, side, side):
        y = (first + down) * BLOCK + row + padding
        x = (first + right) * BLOCK + column + padding
        if 0 <= y < kernel and 0 <= x < kernel:
            channel = (row * BLOCK + column) * CHANNELS
            blocks[:, channel : channel + CHANNELS, down, right] = weights[:, :, y, x]
    return blocks


def set_attributes(node: onnx.NodeProto, **values: list[int]) -> None:
    """Replace attributes of a node."""
    kept = [attribute for attribute in node.attribute if attribute.name not in values]
    del node.attribute[:]
    node.attribute.extend(kept + [helper.make_attribute(name, value) for name, value in values.items()])


def block_convolution(convolution: onnx.NodeProto, weights: onnx.TensorProto) -> None:
    """Change a convolution of pixels with stride 2 into one of blocks with stride 1."""
    attributes = {attribute.name: list(attribute.ints) for attribute in convolution.attribute}
    kernel, padding = attributes["kernel_shape"][0], attributes["pads"][0]
    expected = {"kernel_shape": [kernel] * 2, "strides": [BLOCK] * 2}
    if any(attributes[name] != value for name, value in expected.items()) or attributes["pads"][1] != padding:
        raise SystemExit(f"expected a first convolution with {expected} and equal pads, got {attributes}")

    first, last = block_range(kernel, padding)
    set_attributes(
        convolution, kernel_shape=[last - first + 1] * 2, strides=[1, 1], pads=[-first, -first, last, last]
    )
    blocks = block_weights(numpy_helper.to_array(weights), padding)
    weights.CopyFrom(numpy_helper.from_array(blocks, weights.name))


def with_block_input(source: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with the input uint8 [N, height / 2, width / 2, 12] instead of float32 [N, 3, height, width]."""
    model = onnx.ModelProto()
    model.CopyFrom(source)
    graph = model.graph
    quantize, convolution, weights = find_input(graph)
    block_convolution(convolution, weights)

    transpose = helper.make_node(
        "Transpose", [graph.input[0].name], list(quantize.output), name="input_Transpose", perm=[0, 3, 1, 2]
    )
    position = list(graph.node).index(quantize)
    graph.node.remove(quantize)
    graph.node.insert(position, transpose)

    batch, _, height, width = graph.input[0].type.tensor_type.shape.dim
    shape = [batch.dim_param, height.dim_value // BLOCK, width.dim_value // BLOCK, BLOCK * BLOCK * CHANNELS]
    graph.input[0].CopyFrom(helper.make_tensor_value_info(graph.input[0].name, TensorProto.UINT8, shape))
    return model


def refer_to_weights(model: onnx.ModelProto, source: Path) -> None:
    """Let the large tensors that the source has too refer to their bytes in its file."""
    content = source.read_bytes()
    for tensor in model.graph.initializer:
        if tensor.data_type not in EXTERNAL_TYPES or len(tensor.raw_data) < EXTERNAL_BYTES:
            continue
        offset = content.find(tensor.raw_data)
        if offset < 0:
            continue
        place = {"location": source.name, "offset": offset, "length": len(tensor.raw_data)}
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="int8 ONNX model of quantize.py, in one file")
    parser.add_argument("--output", type=Path, required=True, help="graph to write, in the folder of the model")
    args = parser.parse_args()

    model = onnx.load(args.model)
    blocks = with_block_input(model)
    refer_to_weights(blocks, args.model)
    args.output.write_bytes(blocks.SerializeToString(deterministic=True))
    onnx.checker.check_model(args.output, full_check=True)

    quantize, _, _ = find_input(model.graph)
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    scale, zero_point = (values[name] for name in quantize.input[1:])
    print(f'"scale": {float(scale)!r}, "zeroPoint": {int(zero_point)}')


if __name__ == "__main__":
    main()
