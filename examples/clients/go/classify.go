// Classifies image files and the images at URLs, and prints a table.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

const (
	maxAttempts = 5
	// For all attempts of a request together.
	maxTime = time.Minute
	// The service's limit.
	batchSize = 16
)

type prediction struct {
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// problem has the problem details (RFC 9457). Read the code in programs; the detail is for people.
type problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// result has an image's predictions or its problem.
type result struct {
	Predictions []prediction `json:"predictions"`
	Problem     *problem     `json:"problem"`
}

// outcome is an image's prediction, or why there is none.
type outcome struct {
	name       string
	prediction prediction
	err        error
}

// retryable is an error after which the same request may succeed.
type retryable struct {
	error
	after time.Duration
}

// The service never redirects. Another server must not get the key.
var httpClient = http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post sends a request until it is answered. Nothing is stored, so it may be sent again.
func post(url, contentType string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(context.Background(), maxTime)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := tryPost(ctx, url, contentType, body, answer)
		var failure *retryable
		if !errors.As(err, &failure) {
			return err
		}
		// Random, so that clients that were refused together do not come back together.
		wait := failure.after + rand.N(500*time.Millisecond<<(attempt-1))
		deadline, _ := ctx.Deadline()
		if attempt == maxAttempts || time.Until(deadline) <= wait {
			return err
		}
		fmt.Fprintf(os.Stderr, "%v Trying again in %.1f s.\n", err, wait.Seconds())
		time.Sleep(wait)
	}
}

func tryPost(ctx context.Context, url, contentType string, body []byte, answer any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	if key := os.Getenv("API_KEY"); key != "" {
		request.Header.Set("x-api-key", key)
	}
	if token := os.Getenv("API_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}

	response, err := httpClient.Do(request)
	if err != nil {
		return &retryable{error: fmt.Errorf("no answer from %s: %w.", url, errors.Unwrap(err))}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return &retryable{error: fmt.Errorf("no answer from %s: %w.", url, err)}
	}

	switch response.StatusCode {
	case http.StatusOK:
		if json.Unmarshal(text, answer) != nil {
			return errors.New("expected JSON, got something else with status 200.")
		}
		return nil
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		seconds, _ := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 31)
		return &retryable{problemOf(response.StatusCode, text), time.Duration(seconds) * time.Second}
	default:
		return problemOf(response.StatusCode, text)
	}
}

func problemOf(status int, text []byte) error {
	var details problem
	if json.Unmarshal(text, &details) != nil || details.Code == "" {
		return fmt.Errorf("expected problem details, got something else with status %d.", status)
	}
	return &details
}

// classifyFiles asks once for all files.
func classifyFiles(base string, files []string) ([]result, error) {
	images := make([][]byte, len(files))
	for index, file := range files {
		image, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		images[index] = image
	}
	if len(images) == 1 {
		var single result
		err := post(base+"/predict?top_k=1", "application/octet-stream", images[0], &single)
		return []result{single}, err
	}
	// Bytes become base64.
	body, err := json.Marshal(map[string][][]byte{"images": images})
	if err != nil {
		return nil, err
	}
	var batch struct {
		Results []result `json:"results"`
	}
	err = post(base+"/predict/batch?top_k=1", "application/json", body, &batch)
	return batch.Results, err
}

func classifyURL(base, url string) ([]result, error) {
	body, err := json.Marshal(map[string]string{"url": url})
	if err != nil {
		return nil, err
	}
	var single result
	err = post(base+"/predict/url?top_k=1", "application/json", body, &single)
	return []result{single}, err
}

// outcomesOf gives each name its result. If a request fails, all of its images do.
func outcomesOf(names []string, results []result, err error) []outcome {
	outcomes := make([]outcome, len(names))
	for index, name := range names {
		switch {
		case err != nil:
			outcomes[index] = outcome{name: name, err: err}
		case results[index].Problem != nil:
			outcomes[index] = outcome{name: name, err: results[index].Problem}
		default:
			outcomes[index] = outcome{name: name, prediction: results[index].Predictions[0]}
		}
	}
	return outcomes
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

func main() {
	base := flag.String("url", "http://localhost:8080", "the service")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: go run classify.go [--url BASE] FILE_OR_URL...")
		os.Exit(2)
	}
	flag.Parse()
	if flag.NArg() == 0 || !isURL(*base) {
		flag.Usage()
	}
	service := strings.TrimRight(*base, "/")

	var files, urls []string
	for _, image := range flag.Args() {
		if isURL(image) {
			urls = append(urls, image)
		} else {
			files = append(files, image)
		}
	}
	var outcomes []outcome
	for batch := range slices.Chunk(files, batchSize) {
		results, err := classifyFiles(service, batch)
		outcomes = append(outcomes, outcomesOf(batch, results, err)...)
	}
	for _, url := range urls {
		results, err := classifyURL(service, url)
		outcomes = append(outcomes, outcomesOf([]string{url}, results, err)...)
	}

	failed := slices.DeleteFunc(slices.Clone(outcomes), func(one outcome) bool { return one.err == nil })
	if len(failed) < len(outcomes) {
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "FILE\tLABEL\tPROBABILITY")
		for _, one := range outcomes {
			if one.err == nil {
				fmt.Fprintf(table, "%s\t%s\t%.4f\n", one.name, one.prediction.Label, one.prediction.Probability)
			}
		}
		table.Flush()
	}
	for _, one := range failed {
		fmt.Fprintf(os.Stderr, "%s: %v\n", one.name, one.err)
	}
	if len(failed) > 0 {
		os.Exit(1)
	}
}
