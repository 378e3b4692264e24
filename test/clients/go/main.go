// Calls every kind of route with the generated client, and panics if an answer is not the expected one.
package main

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"

	"clients/api"
)

var text = []byte("not an image")

func main() {
	baseURL, photo := os.Args[1], os.Args[2]
	ctx := context.Background()
	client := must(api.NewClientWithResponses(baseURL))
	cat := must(os.ReadFile(photo))
	one := 1

	contentType, body := form(cat)
	uploaded := must(client.PredictWithBodyWithResponse(ctx, &api.PredictParams{TopK: &one}, contentType, body))
	expect(len(uploaded.JSON200.Predictions), 1)
	expect(uploaded.JSON200.Predictions[0].Label, "Egyptian cat")

	raw := must(client.PredictWithBodyWithResponse(ctx, nil, "image/jpeg", bytes.NewReader(cat)))
	expect(raw.JSON200.Predictions[0].Label, "Egyptian cat")

	contentType, body = form(text)
	refused := must(client.PredictWithBodyWithResponse(ctx, nil, contentType, body))
	expect(refused.ApplicationproblemJSON415.Code, "unsupported_media_type")

	unresolved := must(client.PredictUrlWithResponse(ctx, nil, api.UrlRequest{Url: "http://localhost/cat.jpg"}))
	expect(unresolved.ApplicationproblemJSON403.Code, "url_not_allowed")

	contentType, body = form(cat, text)
	batch := must(client.PredictBatchWithBodyWithResponse(ctx, nil, contentType, body))
	prediction := must(batch.JSON200.Results[0].AsBatchPrediction())
	expect(prediction.Predictions[0].Label, "Egyptian cat")
	failure := must(batch.JSON200.Results[1].AsBatchFailure())
	expect(failure.Problem.Code, "unsupported_media_type")

	var explain api.Explain
	if err := explain.FromExplain1(2); err != nil {
		panic(err)
	}
	explained := must(client.PredictWithBodyWithResponse(ctx, &api.PredictParams{Explain: &explain}, "image/jpeg", bytes.NewReader(cat)))
	expect(len(explained.JSON200.Explanation.Maps), 2)

	contentType, body = form(cat, text)
	yes := true
	embedded := must(client.EmbedWithBodyWithResponse(ctx, &api.EmbedParams{Normalize: &yes}, contentType, body))
	embedding := must(embedded.JSON200.Embeddings[0].AsImageEmbedding())
	expect(len(embedding.Embedding), embedded.JSON200.Dimensions)
	failure = must(embedded.JSON200.Embeddings[1].AsBatchFailure())
	expect(failure.Problem.Code, "unsupported_media_type")

	jpeg := "image/jpeg"
	upload := must(client.CreateUploadWithResponse(ctx, api.UploadRequest{Bytes: len(cat), ContentType: &jpeg}))
	put := must(http.NewRequest(http.MethodPut, upload.JSON201.Url, bytes.NewReader(cat)))
	for name, value := range upload.JSON201.Headers {
		put.Header.Set(name, value)
	}
	expect(must(http.DefaultClient.Do(put)).StatusCode, 204)
	var input api.JobInput
	if err := input.FromUploadedInput(api.UploadedInput{UploadId: upload.JSON201.UploadId}); err != nil {
		panic(err)
	}
	started := must(client.CreateJobWithResponse(ctx, nil, api.JobRequest{Inputs: &[]api.JobInput{input}}))
	job := must(client.JobWithResponse(ctx, started.JSON202.JobId))
	expect(job.JSON200.Counts.Total, 1)

	model := must(client.ModelWithResponse(ctx))
	expect(model.JSON200.Name, "resnet50")
}

func form(images ...[]byte) (string, *bytes.Buffer) {
	body := new(bytes.Buffer)
	writer := multipart.NewWriter(body)
	for _, image := range images {
		must(must(writer.CreateFormFile("file", "cat.jpg")).Write(image))
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return writer.FormDataContentType(), body
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func expect[T comparable](got, expected T) {
	if got != expected {
		panic(fmt.Sprintf("expected %v, got %v", expected, got))
	}
}
