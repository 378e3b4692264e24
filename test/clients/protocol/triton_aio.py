"""Calls the service with tritonclient.http.aio, which asks for compressed answers by itself."""

import asyncio

import numpy as np
import tritonclient.http.aio as triton
from tritonclient.utils import InferenceServerException

from service import Service, expect_near, expect_same, passed, photo_at, preprocess, probabilities_of

service = Service.of_command_line()
headers = service.headers


async def main() -> None:
    print("tritonclient.http.aio", flush=True)
    name, version = service.models[0]["name"], service.models[0]["version"]
    photo_model = f"{name}-image"
    cat = photo_at("cat.jpg")
    expected = service.predict(name, cat)
    manifest = service.manifest(name)

    async with triton.InferenceServerClient(service.address, ssl=service.is_https) as client:
        assert await client.is_server_live(headers=headers)
        assert await client.is_server_ready(headers=headers)
        assert await client.is_model_ready(photo_model, version, headers=headers)
        passed("is_server_live, is_server_ready, is_model_ready")
        metadata = await client.get_server_metadata(headers=headers)
        passed("get_server_metadata", metadata["name"])
        for model in (name, photo_model):
            assert (await client.get_model_metadata(model, headers=headers))["name"] == model
            assert (await client.get_model_config(model, version, headers=headers))["name"] == model
            statistics = await client.get_inference_statistics(model, headers=headers)
            assert statistics["model_stats"][0]["name"] == model, statistics
            passed(f"get_model_metadata, get_model_config, get_inference_statistics {model}")
        index = await client.get_model_repository_index(headers=headers)
        assert name in [one["name"] for one in index], index
        passed("get_model_repository_index", f"{len(index)} models")

        photo = triton.InferInput("image", [1], "BYTES")
        photo.set_data_from_numpy(np.array([cat], dtype=np.object_))
        results = await asyncio.gather(
            *(client.infer(photo_model, [photo], headers=dict(headers)) for _ in range(8))
        )
        for result in results:
            expect_same(result.as_numpy("probabilities")[0], expected)
        passed(f"infer {photo_model}, 8 at once")
        for compression in ("gzip", "deflate"):
            result = await client.infer(
                photo_model,
                [photo],
                headers=dict(headers),
                request_compression_algorithm=compression,
                response_compression_algorithm=compression,
            )
            expect_same(result.as_numpy("probabilities")[0], expected)
            passed(f"infer {photo_model}, request and response in {compression}")

        pixels = preprocess(cat, manifest)[np.newaxis]
        tensor = triton.InferInput("input", list(pixels.shape), "FP32")
        output = manifest["output"]["kind"]
        for binary in (True, False):
            tensor.set_data_from_numpy(pixels, binary_data=binary)
            outputs = [triton.InferRequestedOutput(output, binary_data=binary)]
            result = await client.infer(name, [tensor], outputs=outputs, headers=dict(headers))
            expect_near(probabilities_of(result.as_numpy(output)[0], manifest), expected)
            passed(f"infer {name}, {'binary' if binary else 'JSON'}")

        try:
            await client.get_model_metadata("no-such-model", headers=headers)
        except InferenceServerException as error:
            assert error.status() == "404" and "no-such-model" in error.message(), error
            passed("refused: an unknown model", error)
        else:
            raise AssertionError("expected an error for an unknown model")


asyncio.run(main())
