"""Calls the service with tritonclient.http, and compares each result with POST /predict."""

from base64 import b64encode
from typing import Any

import gevent.ssl
import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from service import (
    Floats,
    Service,
    expect_near,
    expect_same,
    expect_similar,
    passed,
    photo_at,
    preprocess,
    probabilities_of,
    refusal_of,
)

service = Service.of_command_line()
headers = service.headers
client = triton.InferenceServerClient(
    service.address,
    concurrency=4,
    ssl=service.is_https,
    ssl_context_factory=gevent.ssl.create_default_context,
)
PHOTOS = [photo_at("cat.jpg"), photo_at("espresso.jpg")]
COMPRESSIONS = ["gzip", "deflate"]


def photo_input(*photos: bytes, binary: bool = True) -> Any:
    # JSON cannot hold bytes, so they are in base64 there.
    elements = photos if binary else [b64encode(photo) for photo in photos]
    tensor = triton.InferInput("image", [len(photos)], "BYTES")
    return [tensor.set_data_from_numpy(np.array(elements, dtype=np.object_), binary_data=binary)]


def tensor_input(pixels: Floats, binary: bool = True) -> Any:
    tensor = triton.InferInput("input", list(pixels.shape), "FP32")
    return [tensor.set_data_from_numpy(pixels, binary_data=binary)]


def check_server(models: list[dict[str, str]]) -> None:
    assert client.is_server_live(headers=headers)
    passed("is_server_live")
    assert client.is_server_ready(headers=headers)
    passed("is_server_ready")
    metadata = client.get_server_metadata(headers=headers)
    assert {"binary_tensor_data", "classification"} <= set(metadata["extensions"]), metadata
    passed("get_server_metadata", metadata["name"])
    index = client.get_model_repository_index(headers=headers)
    names = {f"{one['name']}{suffix}" for one in models for suffix in ("", "-image")}
    assert {one["name"] for one in index} == names, index
    passed("get_model_repository_index", ", ".join(sorted(names)))


def check_model(name: str, version: str, datatype: str, shape: list[int]) -> None:
    assert client.is_model_ready(name, headers=headers)
    assert client.is_model_ready(name, version, headers=headers)
    assert not client.is_model_ready(f"no-{name}", headers=headers)
    assert not client.is_model_ready(name, "99", headers=headers)
    passed(f"is_model_ready {name}")
    for chosen in ("", version):
        metadata = client.get_model_metadata(name, chosen, headers=headers)
        assert metadata["name"] == name and version in metadata["versions"], metadata
        assert [one["datatype"] for one in metadata["inputs"]] == [datatype], metadata
        assert metadata["inputs"][0]["shape"] == shape, metadata
        config = client.get_model_config(name, chosen, headers=headers)
        assert config["max_batch_size"] >= 1 and len(config["input"]) == 1, config
    passed(f"get_model_metadata {name}", shape)
    passed(f"get_model_config {name}", f"max_batch_size {config['max_batch_size']}")


def check_photo_model(name: str, version: str, expected: list[Floats]) -> None:
    def probabilities(result: Any) -> Floats:
        return np.asarray(result.as_numpy("probabilities"), np.float32)

    cat, _ = PHOTOS
    result = client.infer(name, photo_input(cat), request_id="one", headers=dict(headers))
    assert result.get_response()["id"] == "one"
    assert result.get_response()["model_version"] == version
    passed(f"infer {name}, binary", expect_same(probabilities(result)[0], expected[0]))

    json_output = [triton.InferRequestedOutput("probabilities", binary_data=False)]
    result = client.infer(name, photo_input(cat, binary=False), outputs=json_output, headers=dict(headers))
    assert "data" in result.get_output("probabilities")
    expect_same(probabilities(result)[0], expected[0])
    passed(f"infer {name}, JSON")

    result = client.infer(name, photo_input(*PHOTOS), version, headers=dict(headers))
    for row, one in zip(probabilities(result), expected, strict=True):
        expect_same(row, one)
    passed(f"infer {name} {version}, two photos")

    classes = [triton.InferRequestedOutput("probabilities", class_count=3)]
    result = client.infer(name, photo_input(cat), outputs=classes, headers=dict(headers))
    named = [one.decode().split(":", 2) for one in result.as_numpy("probabilities")[0]]
    best = np.argsort(-expected[0])[:3]
    labels = service.labels(name.removesuffix("-image"))
    assert [(int(index), label) for _, index, label in named] == [(int(one), labels[one]) for one in best]
    assert np.allclose([float(value) for value, _, _ in named], expected[0][best], atol=1e-6), named
    passed(f"infer {name}, class_count 3", named[0])

    for compression in COMPRESSIONS:
        result = client.infer(
            name,
            photo_input(cat),
            headers=dict(headers),
            request_compression_algorithm=compression,
            response_compression_algorithm=compression,
        )
        expect_same(probabilities(result)[0], expected[0])
        passed(f"infer {name}, request and response in {compression}")

    handles = [client.async_infer(name, photo_input(photo), headers=dict(headers)) for photo in PHOTOS * 4]
    for handle, one in zip(handles, expected * 4, strict=True):
        expect_same(probabilities(handle.get_result())[0], one)
    passed(f"async_infer {name}, 8 requests on 4 connections")

    body, header_length = client.generate_request_body(photo_input(cat))
    for compression in COMPRESSIONS:
        sent = {"Inference-Header-Content-Length": str(header_length), "Accept-Encoding": compression}
        with service.send(f"/v2/models/{name}/infer", body, sent) as answer:
            assert answer.headers["Content-Encoding"] == compression, answer.headers
            result = client.parse_response_body(
                answer.read(),
                header_length=int(answer.headers["Inference-Header-Content-Length"]),
                content_encoding=answer.headers["Content-Encoding"],
            )
        expect_same(probabilities(result)[0], expected[0])
    passed("generate_request_body and parse_response_body", "answers are compressed")


def check_tensor_model(name: str, expected: list[Floats]) -> None:
    manifest = service.manifest(name)
    pixels = np.stack([preprocess(photo, manifest) for photo in PHOTOS])
    output = manifest["output"]["kind"]

    def check(result: Any, call: str) -> None:
        rows = np.asarray(result.as_numpy(output), np.float32)
        pairs = zip(rows, expected[: len(rows)], strict=True)
        differences = [expect_near(probabilities_of(row, manifest), one) for row, one in pairs]
        passed(f"infer {name}, {call}", differences[0])

    check(client.infer(name, tensor_input(pixels[:1]), headers=dict(headers)), "binary")
    json_output = [triton.InferRequestedOutput(output, binary_data=False)]
    json_input = tensor_input(pixels[:1], binary=False)
    check(client.infer(name, json_input, outputs=json_output, headers=dict(headers)), "JSON")
    check(client.infer(name, tensor_input(pixels), headers=dict(headers)), "two images")
    for compression in COMPRESSIONS:
        result = client.infer(
            name, tensor_input(pixels), headers=dict(headers), request_compression_algorithm=compression
        )
        check(result, f"two images, request in {compression}")


def check_embedding(name: str, expected: Floats) -> None:
    """The output is returned only if it is asked for, alone or with the other one."""
    cat = PHOTOS[0]
    photo_model = f"{name}-image"
    embedding = triton.InferRequestedOutput("embedding")
    result = client.infer(photo_model, photo_input(cat), outputs=[embedding], headers=dict(headers))
    assert np.array_equal(result.as_numpy("embedding")[0], expected)
    passed(f"infer {photo_model}, embedding", f"{len(expected)} values, those of /embed")

    classes = triton.InferRequestedOutput("probabilities", binary_data=False, class_count=1)
    both = [embedding, classes]
    result = client.infer(photo_model, photo_input(cat, cat), outputs=both, headers=dict(headers))
    assert [one["name"] for one in result.get_response()["outputs"]] == ["embedding", "probabilities"]
    assert np.array_equal(result.as_numpy("embedding"), np.stack([expected, expected]))
    assert result.as_numpy("probabilities").shape == (2, 1)
    passed(f"infer {photo_model}, embedding in binary and classes in JSON")

    result = client.infer(photo_model, photo_input(cat), headers=dict(headers))
    assert result.as_numpy("embedding") is None
    names = [one["name"] for one in client.get_model_metadata(photo_model, headers=headers)["outputs"]]
    assert names == ["probabilities", "embedding"], names

    pixels = preprocess(cat, service.manifest(name))[np.newaxis]
    result = client.infer(name, tensor_input(pixels), outputs=[embedding], headers=dict(headers))
    passed(f"infer {name}, embedding", expect_similar(result.as_numpy("embedding")[0], expected))


def check_statistics(name: str, inputs: list[triton.InferInput]) -> None:
    """Each execution environment counts its own inferences, and the one that answers may be new."""
    for _ in range(20):
        client.infer(name, inputs, headers=dict(headers))
        statistics = client.get_inference_statistics(name, headers=headers)["model_stats"]
        assert [one["name"] for one in statistics] == [name], statistics
        if int(statistics[0]["inference_count"]) >= 1:
            break
    else:
        raise AssertionError(f"expected an inference to be counted, got {statistics}")
    passed(f"get_inference_statistics {name}", f"inference_count {statistics[0]['inference_count']}")


def check_refusals(name: str) -> None:
    """Errors are exceptions with the status and the text of the service."""

    def refusal(call: str, status: str, text: str, infer: Any) -> None:
        error = refusal_of(InferenceServerException, infer)
        assert error.status().startswith(status) and text in error.message(), error
        passed(f"refused: {call}", error)

    def own() -> dict[str, str]:
        """A dictionary for each call, because infer adds headers of its own."""
        return dict(headers)

    pixels = np.zeros((1, 3, 10, 10), np.float32)
    photo = photo_input(PHOTOS[0])
    text = photo_input(b"not an image")
    refusal("an unknown model", "404", "no-such-model", lambda: client.infer("no-such-model", photo, headers=own()))
    refusal("an unknown version", "404", "99", lambda: client.infer(name, photo, "99", headers=own()))
    refusal("metadata of an unknown model", "404", "x", lambda: client.get_model_metadata("x", headers=own()))
    refusal("a wrong shape", "400", "10", lambda: client.infer(name, tensor_input(pixels), headers=own()))
    refusal("a photo for a tensor model", "400", "expected", lambda: client.infer(name, photo, headers=own()))
    refusal("no photo", "4", "", lambda: client.infer(f"{name}-image", text, headers=own()))
    refusal("load_model", "4", "", lambda: client.load_model(name, headers=own()))
    refusal("shared memory", "4", "", lambda: client.get_system_shared_memory_status(headers=own()))
    refusal("trace settings", "4", "", lambda: client.get_trace_settings(headers=own()))


def main() -> None:
    print("tritonclient.http", flush=True)
    check_server(service.models)
    for model in service.models:
        name, version = model["name"], model["version"]
        side = service.manifest(name)["preprocessing"]["crop"]
        expected = [service.predict(name, photo) for photo in PHOTOS]
        check_model(name, version, "FP32", [-1, 3, side, side])
        check_model(f"{name}-image", version, "BYTES", [-1])
        check_photo_model(f"{name}-image", version, expected)
        check_tensor_model(name, expected)
        if (embedding := service.embed(name, PHOTOS[0])) is not None:
            check_embedding(name, embedding)
        pixels = preprocess(PHOTOS[0], service.manifest(name))[np.newaxis]
        check_statistics(name, tensor_input(pixels))
        check_statistics(f"{name}-image", photo_input(PHOTOS[0]))
    check_refusals(service.models[0]["name"])
    client.close()


main()
