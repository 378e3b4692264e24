"""Run a model and nothing else, one image at a time.

Prints a line when it is ready. Then it reads lines that contain a number of runs, and answers each with a
line of JSON: the milliseconds of each run. On processors with bfloat16, OpenVINO runs float32 models in bfloat16
unless --precision says otherwise.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

import numpy as np

SHAPE = (1, 3, 224, 224)


def onnxruntime_run(model: str, threads: int) -> Callable[[], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    image = input_image()
    return lambda: session.run(None, {"input": image})


def openvino_run(model: str, threads: int, precision: str | None) -> Callable[[], object]:
    import openvino

    core = openvino.Core()
    graph = core.read_model(model)
    graph.reshape(SHAPE)
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
    }
    if precision:
        settings["INFERENCE_PRECISION_HINT"] = precision
    request = core.compile_model(graph, "CPU", settings).create_infer_request()
    image = input_image()
    return lambda: request.infer({0: image}, share_inputs=True)


def input_image() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", choices=("onnxruntime", "openvino"), required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--precision", choices=("f32", "bf16"), help="precision in OpenVINO; by default, OpenVINO chooses")
    args = parser.parse_args()
    if args.runtime == "onnxruntime":
        run = onnxruntime_run(args.model, args.threads)
    else:
        run = openvino_run(args.model, args.threads, args.precision)
    run()
    print("ready", flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
