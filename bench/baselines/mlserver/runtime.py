"""ResNet-50 on MLServer and ONNX Runtime. Start it with `mlserver start FOLDER`."""

import numpy as np
from mlserver import MLModel
from mlserver.codecs import Base64Codec, NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from classifier import Classifier


class ResNet50(MLModel):
    async def load(self) -> bool:
        self.classifier = Classifier()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        [image] = Base64Codec.decode_input(payload.inputs[0])
        predictions = self.classifier.classify(image)
        return InferenceResponse(
            model_name=self.name,
            outputs=[
                NumpyCodec.encode_output("index", np.array([entry["index"] for entry in predictions])),
                NumpyCodec.encode_output("probability", np.array([entry["probability"] for entry in predictions])),
            ],
        )
