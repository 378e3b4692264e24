"""Calls the service with KServe's InferenceRESTClient."""

import asyncio
from base64 import b64encode

import numpy as np
from httpx import HTTPStatusError
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

from service import (
    Service,
    expect_near,
    expect_same,
    expect_similar,
    passed,
    photo_at,
    preprocess,
    probabilities_of,
)

service = Service.of_command_line()
headers = service.headers


async def main() -> None:
    print("kserve InferenceRESTClient", flush=True)
    name = service.models[0]["name"]
    photo_model = f"{name}-image"
    cat = photo_at("cat.jpg")
    expected = service.predict(name, cat)
    manifest = service.manifest(name)
    client = InferenceRESTClient(RESTConfig(protocol="v2"))

    assert await client.is_server_live(service.url, headers=headers)
    assert await client.is_server_ready(service.url, headers=headers)
    assert await client.is_model_ready(service.url, photo_model, headers=headers)
    passed("is_server_live, is_server_ready, is_model_ready")

    async def infer(model: str, tensor: InferInput, output: str, binary: bool) -> np.ndarray:
        asked = [RequestedOutput(output, parameters={"binary_data": binary})]
        request = InferRequest(model, [tensor], request_id=f"{model} 1", request_outputs=asked)
        answer = await client.infer(service.url, request, model_name=model, headers=dict(headers))
        assert (answer.model_name, answer.id) == (model, request.id), (answer.model_name, answer.id)
        return answer.outputs[0].as_numpy()

    for binary in (True, False):
        how = "binary" if binary else "JSON"
        photo = InferInput("image", [1], "BYTES")
        content = cat if binary else b64encode(cat)
        photo.set_data_from_numpy(np.array([content], dtype=np.object_), binary_data=binary)
        probabilities = await infer(photo_model, photo, "probabilities", binary)
        passed(f"infer {photo_model}, {how}", expect_same(probabilities[0], expected))

        pixels = preprocess(cat, manifest)[np.newaxis]
        tensor = InferInput("input", list(pixels.shape), "FP32")
        tensor.set_data_from_numpy(pixels, binary_data=binary)
        logits = await infer(name, tensor, manifest["output"]["kind"], binary)
        passed(f"infer {name}, {how}", expect_near(probabilities_of(logits[0], manifest), expected))

    if (embedding := service.embed(name, cat)) is not None:
        photo.set_data_from_numpy(np.array([cat], dtype=np.object_), binary_data=True)
        same = await infer(photo_model, photo, "embedding", True)
        assert np.array_equal(same[0], embedding)
        passed(f"infer {photo_model}, embedding")
        similar = await infer(name, tensor, "embedding", False)
        passed(f"infer {name}, embedding", expect_similar(similar[0], embedding))

    try:
        await infer("no-such-model", tensor, "logits", False)
    except HTTPStatusError as error:
        assert error.response.status_code == 404 and "no-such-model" in str(error), error
        passed("refused: an unknown model", error)
    else:
        raise AssertionError("expected an error for an unknown model")
    await client.close()


asyncio.run(main())
