"""A webhook's other end, for real: an HTTP server on loopback that keeps what it was sent, and can be bad at it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """`answers`: status codes in turn, the last one for ever. `delay`: seconds before each."""

    daemon_threads = True

    def __init__(self, answers: tuple[int, ...] = (200,), delay: float = 0):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.delay, self.bodies, self.calls = list(answers), delay, [], 0
        self.paths, self.authorizations = [], []
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/a-secret-path"

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.bodies]

    @property
    def facts(self) -> list[dict]:
        return [body["customer360"] for body in self.bodies]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.calls += 1
        server.paths.append(self.path)
        server.authorizations.append(self.headers["Authorization"])
        time.sleep(server.delay)
        status = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        if status == 200:
            server.bodies.append(json.loads(body))
        with contextlib.suppress(OSError):
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/login")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_args) -> None:
        pass


@contextlib.contextmanager
def receiver(**how) -> Iterator[Receiver]:
    server = Receiver(**how)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
