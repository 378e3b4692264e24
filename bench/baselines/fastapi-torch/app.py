"""ResNet-50 on FastAPI and PyTorch, written the way such services usually are.

The model is loaded once, and uploads are read without blocking. A single worker thread does the work,
because PyTorch itself uses several threads for an image. Start it with `uvicorn app:app`.
"""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from fastapi import FastAPI, File, HTTPException, UploadFile
from PIL import Image, UnidentifiedImageError
from torchvision import transforms
from torchvision.models import resnet50

TOP = 5

torch.set_num_threads(int(os.environ["THREADS"]))

preprocess = transforms.Compose(
    [
        transforms.Resize(256),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
    ]
)


def load_model() -> torch.nn.Module:
    weights = np.load(os.environ["WEIGHTS"])
    model = resnet50(weights=None)
    missing, unexpected = model.load_state_dict(
        {name: torch.from_numpy(weights[name]) for name in weights.files}, strict=False
    )
    # Inference does not use the counters of training steps.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise RuntimeError(f"expected the weights of a ResNet-50, missing {missing}, unexpected {unexpected}")
    return model.eval()


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.model = load_model()
    app.state.labels = [entry["label"] for entry in json.loads(Path(os.environ["LABELS"]).read_text())]
    app.state.executor = ThreadPoolExecutor(max_workers=1)
    classify(app, [Image.new("RGB", (256, 256))])
    yield
    app.state.executor.shutdown()


app = FastAPI(title="ResNet-50", lifespan=lifespan)


def classify(app: FastAPI, images: list[Image.Image]) -> list[list[dict]]:
    batch = torch.stack([preprocess(image) for image in images])
    with torch.inference_mode():
        probabilities = torch.softmax(app.state.model(batch), dim=1)
        values, indices = probabilities.topk(TOP)
    return [
        [
            {"index": index, "label": app.state.labels[index], "probability": probability}
            for probability, index in zip(row_values, row_indices, strict=True)
        ]
        for row_values, row_indices in zip(values.tolist(), indices.tolist(), strict=True)
    ]


def predict_files(app: FastAPI, files: list[bytes]) -> list[list[dict]]:
    images = [Image.open(BytesIO(content)).convert("RGB") for content in files]
    return classify(app, images)


async def answer(files: list[UploadFile]) -> list[list[dict]]:
    contents = [await file.read() for file in files]
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(app.state.executor, predict_files, app, contents)
    except (UnidentifiedImageError, OSError) as error:
        raise HTTPException(status_code=422, detail="not an image") from error


@app.post("/predict")
async def predict(file: UploadFile = File(...)):
    [predictions] = await answer([file])
    return {"predictions": predictions}


@app.post("/predict/batch")
async def predict_batch(file: list[UploadFile] = File(...)):
    return {"results": [{"predictions": predictions} for predictions in await answer(file)]}


@app.get("/health")
async def health():
    return {"status": "ok"}
