"""Classifies photos with the calls of Triton's example `image_client.py`: the metadata and the configuration of the
model say how to make the input, several images go into a batch, and the classification extension names the classes.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from service import Floats, Service, expect_near, passed, preprocess, softmax


def requirements(metadata: Any, config: Any) -> tuple[str, str, int]:
    """The names of the input and the output, and the largest batch, as that example checks them."""
    [tensor], [output] = metadata["inputs"], metadata["outputs"]
    [configured] = config["input"]
    assert output["datatype"] == "FP32" and len(output["shape"]) == 2, output
    assert tensor["datatype"] == "FP32" and len(tensor["shape"]) == 4, tensor
    assert configured["format"] == "FORMAT_NCHW", configured
    assert configured["dims"] == tensor["shape"][1:], configured
    assert config["max_batch_size"] > 0, config
    return tensor["name"], output["name"], config["max_batch_size"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--batch-size", type=int, default=2)
    parser.add_argument("--classes", type=int, default=5)
    options = parser.parse_args()
    service = Service.of_command_line()
    headers = service.headers
    client = triton.InferenceServerClient(service.address, ssl=service.is_https, concurrency=20)

    print("the calls of Triton's image client", flush=True)
    model = service.models[0]["name"]
    try:
        metadata = client.get_model_metadata(model_name=model, model_version="", headers=headers)
        config = client.get_model_config(model_name=model, model_version="", headers=headers)
    except InferenceServerException as error:
        sys.exit(f"expected the metadata and the configuration of {model}, got: {error}")
    input_name, output_name, max_batch = requirements(metadata, config)
    assert options.batch_size <= max_batch, f"expected at most {max_batch} images"
    passed("get_model_metadata, get_model_config", f"{input_name} to {output_name}, up to {max_batch} images")

    manifest = service.manifest(model)
    photos = [photo.read_bytes() for photo in options.photos]
    pixels = [preprocess(photo, manifest) for photo in photos]
    expected = [service.predict(model, photo) for photo in photos]
    # The last batch starts again with the first photos, as in the example.
    starts = range(0, len(photos), options.batch_size)
    batches = [[(start + one) % len(photos) for one in range(options.batch_size)] for start in starts]

    def request(batch: list[int]) -> dict[str, Any]:
        stacked: Floats = np.stack([pixels[index] for index in batch])
        tensor = triton.InferInput(input_name, stacked.shape, "FP32")
        tensor.set_data_from_numpy(stacked)
        return {
            "model_name": model,
            "model_version": "",
            "inputs": [tensor],
            "outputs": [triton.InferRequestedOutput(output_name, class_count=options.classes)],
            "request_id": str(batches.index(batch) + 1),
            "headers": dict(headers),
        }

    def check(result: Any, batch: list[int], call: str) -> None:
        assert result.get_response()["id"] == str(batches.index(batch) + 1)
        rows = result.as_numpy(output_name)
        assert len(rows) == options.batch_size, rows
        for row, index in zip(rows, batch, strict=True):
            classes = ["".join(chr(byte) for byte in one).split(":") for one in row]
            best = np.argsort(-expected[index])[: options.classes]
            assert [int(one[1]) for one in classes] == best.tolist(), (classes, best)
            passed(f"{call} {options.photos[index].name}", " ".join(classes[0]))

    for batch in batches:
        check(client.infer(**request(batch)), batch, "infer")
    handles = [client.async_infer(**request(batch)) for batch in batches]
    for handle, batch in zip(handles, batches, strict=True):
        check(handle.get_result(), batch, "async_infer")

    all_logits = client.infer(model, request(batches[0])["inputs"], headers=dict(headers)).as_numpy(output_name)
    for row, index in zip(all_logits, batches[0], strict=True):
        expect_near(softmax(row) if output_name == "logits" else row, expected[index])
    client.close()


main()
