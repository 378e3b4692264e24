"""Compare a quantized model with its float original on a folder of images.

Reports how often both models agree, how far their probabilities differ and how long a run takes.
If the file names start with a WordNet id ("n01440764_tench.JPEG") and --labels is given, it also
reports the top-1 and top-5 accuracy of both.

Example: python evaluate.py --fp32 resnet50-fp32.onnx --model resnet50-int8.onnx --images photos
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime

from preprocess import image_files, model_input, read_preprocessing


def probabilities(
    model: Path, photos: list[Path], preprocessing: dict, threads: int
) -> tuple[np.ndarray, float]:
    """Return softmax probabilities [photos, classes] and the median milliseconds per run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name
    rows, times = [], []
    for photo in photos:
        tensor = model_input(photo, preprocessing)
        start = time.perf_counter()
        logits = session.run(None, {input_name: tensor})[0][0]
        times.append((time.perf_counter() - start) * 1000)
        exponentials = np.exp(logits - logits.max())
        rows.append(exponentials / exponentials.sum())
    return np.stack(rows), float(np.median(times))


def top_classes(probability: np.ndarray, count: int) -> np.ndarray:
    """Return the indices of the most probable classes of each row, best first."""
    return np.argsort(-probability, axis=1, kind="stable")[:, :count]


def true_classes(photos: list[Path], labels: Path) -> np.ndarray:
    """Return each photo's class index, from the WordNet id at the start of its file name."""
    index_of = {entry["wnid"]: entry["index"] for entry in json.loads(labels.read_text(encoding="utf-8"))}
    return np.array([index_of[photo.name.split("_")[0]] for photo in photos])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fp32", type=Path, required=True, help="float ONNX model to compare with")
    parser.add_argument("--model", type=Path, required=True, help="quantized ONNX model")
    parser.add_argument("--images", type=Path, required=True, help="folder of images")
    parser.add_argument("--manifest", type=Path, help="says how photos are prepared; without it, as for ResNet-50")
    parser.add_argument("--labels", type=Path, help="labels.json, if the file names start with WordNet ids")
    parser.add_argument("--threads", type=int, default=1, help="threads per run")
    args = parser.parse_args()

    photos = image_files(args.images)
    preprocessing = read_preprocessing(args.manifest)
    results = {
        "fp32": probabilities(args.fp32, photos, preprocessing, args.threads),
        "quantized": probabilities(args.model, photos, preprocessing, args.threads),
    }
    print(f"images: {len(photos)}, threads: {args.threads}")
    for name, (probability, milliseconds) in results.items():
        accuracy = ""
        if args.labels:
            hits = top_classes(probability, 5) == true_classes(photos, args.labels)[:, np.newaxis]
            accuracy = f", top-1 {100 * hits[:, 0].mean():.1f} %, top-5 {100 * hits.any(axis=1).mean():.1f} %"
        print(f"{name}: {milliseconds:.1f} ms per run{accuracy}")

    reference, quantized = results["fp32"][0], results["quantized"][0]
    best, quantized_best = top_classes(reference, 5), top_classes(quantized, 5)
    same_top5 = np.mean([len(np.intersect1d(a, b)) / 5 for a, b in zip(best, quantized_best, strict=True)])
    largest = np.abs(quantized - reference).max(axis=1)
    print(f"same top-1: {100 * (best[:, 0] == quantized_best[:, 0]).mean():.1f} %")
    print(f"shared top-5 classes: {100 * same_top5:.1f} %")
    print(f"largest probability difference of an image: mean {largest.mean():.4f}, worst {largest.max():.4f}")


if __name__ == "__main__":
    main()
