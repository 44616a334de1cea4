"""Twilio's API of messages, as recorded, behind a real HTTP server on this machine.

Not the real thing: it answers as Twilio's reference says that it does, and knows no
network. What was posted is in ``requests``.
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

#: An answer to a message that was accepted, as the reference shows it.
ACCEPTED = {
    "account_sid": None,
    "api_version": "2010-04-01",
    "body": None,
    "date_created": "Wed, 17 Jun 2026 12:00:00 +0000",
    "date_sent": None,
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": None,
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "sid": None,
    "status": "queued",
    "to": None,
}
TEXTS = {
    20003: (401, "Authenticate"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number: +336"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21655: (400, "The ContentSid is invalid"),
    63016: (400, "Outside the allowed window"),
}


class FakeTwilio:
    """``errors`` says by number, or by None for all, which error is answered."""

    def __init__(self, sid, token):
        self.sid, self.token = sid, token
        self.requests, self.errors = [], {}
        handler = type("Handler", (_Handler,), {"twilio": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, path, authorization, form):
        """(status, answer as plain data, or bytes) to a request."""
        self.requests.append({"path": path, **form})
        wanted = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        to = form.get("To", "").removeprefix("whatsapp:")
        error = self.errors.get(to, self.errors.get(None))
        if authorization != f"Basic {wanted}":
            error = 20003
        if error == "html":
            return 502, b"<html>Bad Gateway</html>"
        if error == "silence":
            return None, b""
        if error:
            status, text = TEXTS[error]
            return status, {"code": error, "message": text, "status": status}
        if path != f"/2010-04-01/Accounts/{self.sid}/Messages.json":
            return 404, {"code": 20404, "message": "Not found", "status": 404}
        return 201, {
            **ACCEPTED,
            "account_sid": self.sid,
            "body": form.get("Body"),
            "from": form["From"],
            "sid": f"SM{len(self.requests):032x}",
            "to": form["To"],
        }


class _Handler(BaseHTTPRequestHandler):
    twilio = None
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        text = self.rfile.read(length).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        status, answer = self.twilio.answer(
            self.path, self.headers.get("Authorization"), form
        )
        if status is None:
            # The line goes dead after the question.
            self.close_connection = True
            return
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Nothing on the screen of the tests."""
