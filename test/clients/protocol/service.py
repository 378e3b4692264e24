"""The service under test, and what its own routes answer: the reference for all clients."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from os import environ
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

# Of an embedding of a tensor model, for the same reason as below. 1 is the same direction.
LEAST_COSINE = 0.98
# Of the model that takes photos, which runs the code of /predict.
PROBABILITY_TOLERANCE = 1e-6
# Of a tensor model, whose pixels Pillow has decoded and resized. It rounds some of them to a neighbouring value.
PILLOW_TOLERANCE = 0.02


@dataclass(frozen=True)
class Service:
    """A running service at a URL, perhaps with a path, and the headers that it requires."""

    url: str
    headers: dict[str, str]

    @staticmethod
    def of_command_line() -> "Service":
        """URL in the first argument. A deployment's key is in API_KEY, its token in API_TOKEN."""
        url = sys.argv[1].rstrip("/")
        headers = {}
        if key := environ.get("API_KEY"):
            headers["x-api-key"] = key
        if token := environ.get("API_TOKEN"):
            headers["authorization"] = f"Bearer {token}"
        return Service(url, headers)

    @cached_property
    def address(self) -> str:
        """Host, port and path: what tritonclient calls the URL."""
        return self.url.split("://", 1)[1]

    @cached_property
    def is_https(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    def send(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        """The answer of a client that knows no protocol. Its body is not decompressed."""
        return urlopen(Request(f"{self.url}{path}", body, {**self.headers, **(headers or {})}), timeout=60)

    def json(self, path: str, body: bytes | None = None) -> Any:
        with self.send(path, body) as answer:
            return json.load(answer)

    @cached_property
    def models(self) -> list[dict[str, str]]:
        """Name and version of every bundle, the default first."""
        return [{"name": one["name"], "version": one["version"]} for one in self.json("/models")["models"]]

    def manifest(self, model: str) -> Any:
        return self.json(f"/models/{model}")

    def predict(self, model: str, photo: bytes) -> Floats:
        """The probabilities of all classes, from POST /predict."""
        answer = self.json(f"/predict?model={model}&top_k=1000", photo)
        classes = len(self.json(f"/models/{model}/labels"))
        assert classes == len(answer["predictions"]), answer
        probabilities = np.zeros(classes, np.float32)
        for one in answer["predictions"]:
            probabilities[one["index"]] = one["probability"]
        return probabilities

    def embed(self, model: str, photo: bytes) -> Floats | None:
        """The embedding of a photo, from POST /embed. None for a model without one."""
        if "embedding" not in self.manifest(model):
            return None
        with self.send(f"/embed?model={model}", photo, {"accept": "application/octet-stream"}) as answer:
            embedding = np.frombuffer(answer.read(), "<f4")
            assert len(embedding) == int(answer.headers["x-embedding-dimensions"]), answer.headers
            assert int(answer.headers["x-embedding-count"]) == 1, answer.headers
        return embedding

    def labels(self, model: str) -> list[str]:
        return [one["label"] for one in self.json(f"/models/{model}/labels")]


def preprocess(photo: bytes, manifest: Any) -> Floats:
    """A photo as the tensor model takes it, [3, side, side], by the manifest of its model."""
    steps = manifest["preprocessing"]
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    image = Image.open(BytesIO(photo)).convert("RGB")
    width, height = image.size
    if (exact := steps["resize"].get("exactSide")) is not None:
        size = (exact, exact)
    else:
        short = steps["resize"]["shortSide"]
        size = (short, short * height // width) if width <= height else (short * width // height, short)
    image = image.resize(size, filters[steps["resize"]["interpolation"]])
    side = steps["crop"]
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    pixels = np.asarray(image.crop((left, top, left + side, top + side)), np.float32)
    scaled = pixels * np.float32(steps.get("rescale", 1 / 255))
    normalised = (scaled - np.array(steps["mean"], np.float32)) / np.array(steps["std"], np.float32)
    return np.ascontiguousarray(normalised.transpose(2, 0, 1))


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def probabilities_of(output: Floats, manifest: Any) -> Floats:
    """What a tensor model's output says, as probabilities."""
    return output if manifest["output"]["kind"] == "probabilities" else softmax(output)


def expect_same(actual: Floats, expected: Floats, tolerance: float = PROBABILITY_TOLERANCE) -> str:
    """For the model that takes photos. Returns how far the probabilities differ."""
    assert actual.shape == expected.shape, f"{actual.shape}, expected {expected.shape}"
    difference = float(np.abs(actual - expected).max())
    assert difference <= tolerance, f"differs from /predict by {difference}"
    return f"differs from /predict by {difference:.1g}"


def expect_near(actual: Floats, expected: Floats) -> str:
    """For the tensor model: the same most probable class, and probabilities that are close.

    Pillow's decoder is not the service's, so classes of nearly the same probability may change places.
    """
    top, expected_top = int(actual.argmax()), int(expected.argmax())
    assert top == expected_top, f"{top}, expected {expected_top}"
    return expect_same(actual, expected, PILLOW_TOLERANCE)


def expect_similar(actual: Floats, expected: Floats) -> str:
    """For an embedding of the tensor model. Returns the cosine of the angle between the two."""
    assert actual.shape == expected.shape, f"{actual.shape}, expected {expected.shape}"
    cosine = float(actual @ expected / np.linalg.norm(actual) / np.linalg.norm(expected))
    assert cosine >= LEAST_COSINE, f"cosine {cosine} with that of /embed"
    return f"cosine {cosine:.3f} with that of /embed"


def photo_at(name: str) -> bytes:
    return (Path(__file__).parents[3] / "examples" / name).read_bytes()


def passed(call: str, note: object = "") -> None:
    print(f"  {call}{f': {note}' if note != '' else ''}", flush=True)
    # A deployment limits how often a key may call.
    if environ.get("API_KEY"):
        sleep(0.5)


def refusal_of(kind: type[Exception], call: Callable[[], object]) -> Any:
    try:
        result = call()
    except kind as error:
        return error
    raise AssertionError(f"expected an error, got {result}")
