"""ResNet-50 on BentoML and ONNX Runtime. Start it with `bentoml serve service:ResNet50`."""

import os
from pathlib import Path

import bentoml

from classifier import Classifier


@bentoml.service(workers=int(os.environ["WORKERS"]))
class ResNet50:
    def __init__(self) -> None:
        self.classifier = Classifier()

    @bentoml.api(route="/predict")
    def predict(self, file: Path) -> dict:
        return {"predictions": self.classifier.classify(file.read_bytes())}
