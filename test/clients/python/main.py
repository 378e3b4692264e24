import sys
from io import BytesIO
from pathlib import Path

import httpx
from api.api.embeddings import embed
from api.api.model import model
from api.api.predictions import predict, predict_batch, predict_url
from api.api.uploads_and_jobs import create_job, create_upload, job
from api.client import AuthenticatedClient
from api.models import (
    BatchFailure,
    BatchForm,
    BatchPrediction,
    BatchResult,
    EmbedForm,
    EmbedResult,
    Explanation,
    ImageEmbedding,
    ImageForm,
    Job,
    JobRequest,
    Model,
    PredictionResult,
    Problem,
    Upload,
    UploadedInput,
    UploadRequest,
    UrlInput,
    UrlRequest,
)
from api.types import File

base_url, photo = sys.argv[1:]
# The key is optional and this service needs none, but the generated types require this class.
client = AuthenticatedClient(base_url, token="", prefix="", auth_header_name="x-api-key")


def cat() -> File:
    return File(BytesIO(Path(photo).read_bytes()), "cat.jpg", "image/jpeg")


def text() -> File:
    return File(BytesIO(b"not an image"), "cat.txt", "text/plain")


uploaded = predict.sync(client=client, body=ImageForm(file=cat()), top_k=1)
assert isinstance(uploaded, PredictionResult), uploaded
assert [one.label for one in uploaded.predictions] == ["Egyptian cat"], uploaded

raw = predict.sync(client=client, body=cat())
assert isinstance(raw, PredictionResult), raw
assert raw.predictions[0].label == "Egyptian cat", raw

refused = predict.sync(client=client, body=ImageForm(file=text()))
assert isinstance(refused, Problem), refused
assert refused.code == "unsupported_media_type", refused

unresolved = predict_url.sync(client=client, body=UrlRequest(url="http://localhost/cat.jpg"))
assert isinstance(unresolved, Problem), unresolved
assert unresolved.code == "url_not_allowed", unresolved

batch = predict_batch.sync(client=client, body=BatchForm(file=[cat(), text()], top_k=2))
assert isinstance(batch, BatchResult), batch
first, second = batch.results
assert isinstance(first, BatchPrediction), first
assert first.predictions[0].label == "Egyptian cat", first
assert len(first.predictions) == 2, first
assert isinstance(second, BatchFailure), second
assert second.problem.code == "unsupported_media_type", second

explained = predict.sync(client=client, body=ImageForm(file=cat(), explain=True), top_k=2)
assert isinstance(explained, PredictionResult), explained
assert isinstance(explained.explanation, Explanation), explained
assert len(explained.explanation.maps) == 1, explained

embedded = embed.sync(client=client, body=EmbedForm(file=[cat(), text()], normalize=True))
assert isinstance(embedded, EmbedResult), embedded
embedding, failure = embedded.embeddings
assert isinstance(embedding, ImageEmbedding), embedding
assert len(embedding.embedding) == embedded.dimensions, embedding
assert isinstance(failure, BatchFailure), failure
assert failure.problem.code == "unsupported_media_type", failure

upload = create_upload.sync(client=client, body=UploadRequest(bytes_=Path(photo).stat().st_size))
assert isinstance(upload, Upload), upload
sent = httpx.put(upload.url, content=Path(photo).read_bytes(), headers=upload.headers.to_dict())
assert sent.is_success, sent
inputs: list[UploadedInput | UrlInput] = [UploadedInput(upload_id=upload.upload_id)]
started = create_job.sync(client=client, body=JobRequest(inputs=inputs))
assert isinstance(started, Job), started
found = job.sync(started.job_id, client=client)
assert isinstance(found, Job), found
assert found.counts.total == 1, found

described = model.sync(client=client)
assert isinstance(described, Model), described
assert described.name == "resnet50", described
