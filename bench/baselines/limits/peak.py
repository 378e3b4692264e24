"""Measure how many multiply-accumulates a second this machine reaches on large matrices, where memory is not
the limit.

Prints JSON: billions of multiply-accumulates a second in float32 and in int8. Each is the best of several
libraries and sizes, because it should measure the processor and not one library.
"""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

SIZES = (1024, 2048)
REPEATS = 12


def matmul_model(size: int, weights: np.ndarray, quantized: bool) -> onnx.ModelProto:
    """Return a product of [size, size] activations and constant weights; if quantized, of uint8 and int8 with
    a uint8 result.
    """
    info = helper.make_tensor_value_info
    shape = [size, size]
    constants = [numpy_helper.from_array(weights, "weights")]
    if quantized:
        constants += [
            numpy_helper.from_array(np.float32(0.01), "scale"),
            numpy_helper.from_array(np.uint8(128), "zero"),
            numpy_helper.from_array(np.int8(0), "weights_zero"),
        ]
        nodes = [
            helper.make_node("QuantizeLinear", ["input", "scale", "zero"], ["input_q"]),
            helper.make_node("DequantizeLinear", ["input_q", "scale", "zero"], ["input_f"]),
            helper.make_node("DequantizeLinear", ["weights", "scale", "weights_zero"], ["weights_f"]),
            helper.make_node("MatMul", ["input_f", "weights_f"], ["product"]),
            helper.make_node("QuantizeLinear", ["product", "scale", "zero"], ["product_q"]),
            helper.make_node("DequantizeLinear", ["product_q", "scale", "zero"], ["output"]),
        ]
    else:
        nodes = [helper.make_node("MatMul", ["input", "weights"], ["output"])]
    graph = helper.make_graph(
        nodes,
        "product",
        [info("input", TensorProto.FLOAT, shape)],
        [info("output", TensorProto.FLOAT, shape)],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def onnxruntime_product(model: onnx.ModelProto, image: np.ndarray, threads: int) -> Callable[[], object]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"input": image})


def openvino_product(model: onnx.ModelProto, image: np.ndarray, threads: int) -> Callable[[], object]:
    core = openvino.Core()
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # Otherwise OpenVINO would compute float32 in bfloat16 on processors that have it.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    graph = core.read_model(model.SerializeToString())
    request = core.compile_model(graph, "CPU", settings).create_infer_request()
    return lambda: request.infer({0: image}, share_inputs=True)


def best_rate(size: int, product: Callable[[], object]) -> float:
    """Return billions of multiply-accumulates a second of the fastest of several runs."""
    product()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        product()
        times.append(time.perf_counter() - start)
    return size**3 / min(times) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, required=True)
    threads = parser.parse_args().threads
    random = np.random.default_rng(0)
    rates: dict[str, float] = {}
    for precision in ("float32", "int8"):
        for size in SIZES:
            image = random.standard_normal((size, size)).astype(np.float32)
            weights = random.integers(-64, 65, (size, size)).astype(np.int8)
            quantized = precision == "int8"
            model = matmul_model(size, weights if quantized else weights.astype(np.float32), quantized)
            for product in (onnxruntime_product, openvino_product):
                name = f"{precision} {product.__name__.removesuffix('_product')}"
                rates[name] = max(rates.get(name, 0), best_rate(size, product(model, image, threads)))
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
