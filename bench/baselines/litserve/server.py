"""ResNet-50 on LitServe and ONNX Runtime."""

import os

import litserve as ls

from classifier import Classifier


class ResNet50(ls.LitAPI):
    def setup(self, device):
        self.classifier = Classifier()

    def decode_request(self, request):
        return request["file"].file.read()

    def predict(self, image):
        return self.classifier.classify(image)

    def encode_response(self, predictions):
        return {"predictions": predictions}


if __name__ == "__main__":
    server = ls.LitServer(
        ResNet50(api_path="/predict"),
        accelerator="cpu",
        workers_per_device=int(os.environ["WORKERS"]),
    )
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False, log_level="warning")
