"""Shared by the baselines on ONNX Runtime: classifies an image file."""

import json
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import onnxruntime

# In models/tools of this repository, which the benchmark puts on the path: torchvision's preset with PIL and
# NumPy.
from preprocess import crop_pixels, normalise

TOP = 5


class Classifier:
    """A session and its labels. The benchmark sets the environment variables."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["THREADS"])
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL"], options, providers=["CPUExecutionProvider"]
        )
        self.labels = [entry["label"] for entry in json.loads(Path(os.environ["LABELS"]).read_text())]

    def classify(self, image: bytes) -> list[dict]:
        """Return the five most probable classes of one encoded image, most probable first."""
        logits = self.session.run(None, {"input": normalise(crop_pixels(BytesIO(image)))})[0][0]
        exponents = np.exp(logits - logits.max())
        probabilities = exponents / exponents.sum()
        best = np.argsort(-probabilities)[:TOP]
        return [
            {"index": int(index), "label": self.labels[index], "probability": float(probabilities[index])}
            for index in best
        ]
