"""A receiver of webhooks that needs nothing but Python 3.9 or newer."""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("WEBHOOK_SECRET")
if not SECRET:
    raise SystemExit("expected the variable WEBHOOK_SECRET, such as whsec_...")

MAX_BYTES = 100_000
TOLERANCE_SECONDS = 300

# Ids of messages that were handled. A real receiver keeps them in its database, for two weeks.
handled = set()


def verify(secret, headers, body):
    """Returns the message if it is signed with the secret and at most five minutes old."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise ValueError("expected a message that was sent just now")

    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    signatures = headers.get("webhook-signature", "").encode().split(b" ")
    if not any(hmac.compare_digest(signature, expected) for signature in signatures):
        raise ValueError("expected a signature with the secret")
    return json.loads(body)


def handle(message):
    data = message["data"]
    counts = data["counts"]
    print(
        f"{message['type']}: {data['job_id']}, {counts['succeeded']} of {counts['total']} inputs succeeded,"
        f" {counts['failed']} failed",
        flush=True,
    )


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_BYTES:
            self.answer(413)
            return
        body = self.rfile.read(int(length))
        try:
            message = verify(SECRET, self.headers, body)
        except ValueError as error:
            print(f"Refused: {error}", flush=True)
            self.answer(400)
            return
        if self.headers["webhook-id"] not in handled:
            handle(message)
            handled.add(self.headers["webhook-id"])
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Receiver)
print(f"Listening on port {server.server_port}", flush=True)
server.serve_forever()
