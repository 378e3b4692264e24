#!/usr/bin/env python3
"""Classifies image files and the images at URLs, and prints a table."""

import argparse
import base64
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

MAX_ATTEMPTS = 5
# For all attempts of a request together.
MAX_SECONDS = 60
# The service's limit.
BATCH_SIZE = 16


class Failure(Exception):
    """Why there is no prediction."""


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The service never redirects. Another server must not get the key."""

    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirects)


def post(url, body, content_type):
    """Sends a request until it is answered. Nothing is stored, so it may be sent again."""
    headers = {"Content-Type": content_type}
    if key := os.environ.get("API_KEY"):
        headers["x-api-key"] = key
    if token := os.environ.get("API_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body, headers)

    deadline = time.monotonic() + MAX_SECONDS
    for attempt in range(1, MAX_ATTEMPTS + 1):
        retry_after = ""
        try:
            with opener.open(request, timeout=max(1, deadline - time.monotonic())) as response:
                return read_json(response.status, response.read())
        except urllib.error.HTTPError as error:
            failure = failure_of(error.code, error.read())
            if error.code not in (429, 503):
                raise failure from None
            retry_after = error.headers.get("Retry-After", "")
        except (OSError, http.client.HTTPException) as error:
            failure = Failure(f"no answer from {url}: {getattr(error, 'reason', error)}.")

        # Random, so that clients that were refused together do not come back together.
        backoff = random.random() * 0.5 * 2 ** (attempt - 1)
        wait = backoff + (int(retry_after) if retry_after.isdecimal() else 0)
        if attempt == MAX_ATTEMPTS or time.monotonic() + wait >= deadline:
            raise failure
        print(f"{failure} Trying again in {wait:.1f} s.", file=sys.stderr)
        time.sleep(wait)


def read_json(status, text):
    try:
        return json.loads(text)
    except ValueError:
        raise Failure(f"expected JSON, got something else with status {status}.") from None


def failure_of(status, text):
    """What the problem details (RFC 9457) say, if the answer has any."""
    try:
        problem = json.loads(text)
        return Failure(f"{problem['code']}: {problem['detail']}")
    except (ValueError, KeyError, TypeError):
        return Failure(f"expected problem details, got something else with status {status}.")


def classify_files(base, files):
    """Returns a prediction or a Failure for each file. Asks once for all of them."""
    images = [Path(file).read_bytes() for file in files]
    if len(images) == 1:
        answer = post(f"{base}/predict?top_k=1", images[0], "application/octet-stream")
        return answer["predictions"]
    body = json.dumps({"images": [base64.b64encode(image).decode() for image in images]})
    answer = post(f"{base}/predict/batch?top_k=1", body.encode(), "application/json")
    return [
        Failure(f"{result['problem']['code']}: {result['problem']['detail']}")
        if "problem" in result
        else result["predictions"][0]
        for result in answer["results"]
    ]


def classify_url(base, url):
    body = json.dumps({"url": url}).encode()
    return post(f"{base}/predict/url?top_k=1", body, "application/json")["predictions"]


def attempt_all(names, classify):
    """Pairs each name with its prediction or its Failure."""
    try:
        return list(zip(names, classify()))
    except (Failure, OSError) as error:
        return [(name, error) for name in names]


def is_url(text):
    return text.startswith(("http://", "https://"))


def print_table(rows):
    rows = [("FILE", "LABEL", "PROBABILITY"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, label, probability in rows:
        print(f"{name:{widths[0]}}  {label:{widths[1]}}  {probability}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", metavar="BASE", default="http://localhost:8080", help="the service [%(default)s]")
    parser.add_argument("images", metavar="FILE_OR_URL", nargs="+")
    options = parser.parse_args()
    if not is_url(options.url):
        parser.error(f"expected --url to begin with http:// or https://, got {options.url}")
    base = options.url.rstrip("/")

    urls = [image for image in options.images if is_url(image)]
    files = [image for image in options.images if not is_url(image)]
    outcomes = []
    for start in range(0, len(files), BATCH_SIZE):
        batch = files[start : start + BATCH_SIZE]
        outcomes += attempt_all(batch, lambda: classify_files(base, batch))
    for url in urls:
        outcomes += attempt_all([url], lambda: classify_url(base, url))

    rows = [
        (name, outcome["label"], f"{outcome['probability']:.4f}")
        for name, outcome in outcomes
        if not isinstance(outcome, Exception)
    ]
    if rows:
        print_table(rows)
    for name, outcome in outcomes:
        if isinstance(outcome, Exception):
            print(f"{name}: {outcome}", file=sys.stderr)
    sys.exit(0 if len(rows) == len(outcomes) else 1)


main()
