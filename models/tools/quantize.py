"""Quantize a float image classifier to int8 with ONNX Runtime's static quantizer.

The result holds QuantizeLinear/DequantizeLinear pairs, which ONNX Runtime fuses into integer
operators when it loads the model. The same photos on the same machine give the same file.

Example: python quantize.py --model resnet50-fp32.onnx --calibration photos --output resnet50-int8.onnx
"""

import argparse
import contextlib
import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from preprocess import image_files, model_input, read_preprocessing

METHODS = {
    "percentile": CalibrationMethod.Percentile,
    "minmax": CalibrationMethod.MinMax,
    "entropy": CalibrationMethod.Entropy,
}

# Name: (weight type, reduce_range). "s7" keeps weights in -64..64. On x86-64 without VNNI the
# 8-bit kernels add two products u8 x s8 in 16 bits, which saturates beyond 32767; with "s7" the
# sum is at most 2 * 255 * 64 = 32640, so every x86-64 CPU computes the same result. Convolutions of
# single channels have kernels of their own, which add in 32 bits: their weights keep 8 bits.
WEIGHTS = {
    "s7": (QuantType.QInt8, True),
    "s8": (QuantType.QInt8, False),
    "u8": (QuantType.QUInt8, False),
}


class PhotoReader(CalibrationDataReader):
    """Feed the photos one by one. To limit its memory, the quantizer asks for one range at a time."""

    def __init__(self, photos: list[Path], preprocessing: dict, input_name: str):
        self.photos = photos
        self.preprocessing = preprocessing
        self.input_name = input_name
        self.set_range(0, len(photos))

    def __len__(self) -> int:
        return len(self.photos)

    def set_range(self, start_index: int, end_index: int) -> None:
        self.pending = iter(self.photos[start_index:end_index])

    def get_next(self) -> dict[str, np.ndarray] | None:
        photo = next(self.pending, None)
        return None if photo is None else {self.input_name: model_input(photo, self.preprocessing)}


def strip_metadata(path: Path) -> None:
    """Remove traces of the machine and of the tools' internals from the model file."""
    model = onnx.load(path)
    model.producer_name = "onnxruntime.quantization"
    model.producer_version = ""
    model.doc_string = ""
    del model.metadata_props[:]
    model.graph.name = path.stem
    model.graph.doc_string = ""
    # Shapes of inner tensors were needed to quantize; ONNX Runtime infers them again when it loads.
    del model.graph.value_info[:]
    # Preprocessing declares ONNX Runtime's own operator sets too, and other runtimes may refuse them.
    used_domains = {node.domain for node in model.graph.node}
    for operator_set in [o for o in model.opset_import if o.domain not in used_domains]:
        model.opset_import.remove(operator_set)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def depthwise_weights(model: Path) -> list[str]:
    """Return the names of the weights of the convolutions that take each channel by itself."""
    graph = onnx.load(model).graph
    shapes = {tensor.name: tensor.dims for tensor in graph.initializer}
    convolutions = [node.input[1] for node in graph.node if node.op_type == "Conv"]
    return [name for name in convolutions if shapes[name][1] == 1]


def quantize(
    model: Path, reader: CalibrationDataReader, output: Path, method: str, percentile: float, weights: str
) -> None:
    """Calibrate on the photos and write the int8 model."""
    weight_type, reduce_range = WEIGHTS[weights]
    options = {
        # One photo at a time: histograms need the activations of a whole range in memory.
        "CalibStridedMinMax": 1,
        # 8-bit logits would make close classes equal. Without them, the classifier's weights and input
        # are still int8, but its output stays float32.
        "OpTypesToExcludeOutputQuantization": ["Gemm"],
    }
    if method == "percentile":
        options["CalibPercentile"] = percentile
    if reduce_range:
        full_range = {"axis": 0, "quant_type": weight_type, "symmetric": True, "reduce_range": False}
        options["TensorQuantOverrides"] = {name: [full_range] for name in depthwise_weights(model)}
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(model, prepared)
        # The calibrator prints a line for every photo.
        with contextlib.redirect_stdout(None):
            quantize_static(
                prepared,
                output,
                reader,
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                reduce_range=reduce_range,
                activation_type=QuantType.QUInt8,
                weight_type=weight_type,
                calibrate_method=METHODS[method],
                extra_options=options,
            )
    strip_metadata(output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="float ONNX model, batch norm folded")
    parser.add_argument("--calibration", type=Path, required=True, help="folder of calibration photos")
    parser.add_argument("--output", type=Path, required=True, help="int8 ONNX model to write")
    parser.add_argument("--manifest", type=Path, help="says how photos are prepared; without it, as for ResNet-50")
    parser.add_argument("--method", choices=METHODS, default="percentile", help="how activation ranges are chosen")
    parser.add_argument(
        "--percentile",
        type=float,
        default=99.9995,
        help="share of activations, in per cent, that the ranges of --method percentile keep",
    )
    parser.add_argument("--weights", choices=WEIGHTS, default="s7", help="signed 7-bit, signed 8-bit or unsigned 8-bit")
    args = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    input_name = onnx.load(args.model, load_external_data=False).graph.input[0].name
    reader = PhotoReader(image_files(args.calibration), read_preprocessing(args.manifest), input_name)
    quantize(args.model, reader, args.output, args.method, args.percentile, args.weights)
    print(f"{args.output}: {args.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
