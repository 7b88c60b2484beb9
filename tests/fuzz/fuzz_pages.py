"""A helpdesk that answers wrongly: valid pages of Zendesk's API, one of them broken in one of many ways.

with Server(random.Random("pages-7")) as server: ...      # server.url, server.what, server.good_before()
"""

from __future__ import annotations

import gzip
import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from fuzz_files import CANARIES, ODD_VALUES

TOKEN = "token-canary-5f3a"
ORDER = ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups")
PATHS = {
    "incremental/tickets/cursor": "tickets", "incremental/users/cursor": "users",
    "incremental/ticket_events": "ticket_events", "satisfaction_ratings": "satisfaction_ratings", "groups": "groups",
}  # fmt: skip
PAGES = 3
ODD = [
    None, True, False, 0, -1, 2**70, 1.5, float("nan"), float("inf"), "", "x", [], {}, [[]], [{}], {"a": 1},
    "2026", "\ud800",
    "\x00", "9" * 5000, ["a", {"b": None}], *ODD_VALUES[:40],
]  # fmt: skip
STATUSES = [204, 301, 304, 400, 401, 403, 404, 406, 410, 418, 422, 429, 500, 502, 503, 599]


def record(name: str, number: int) -> dict:
    moment = f"2026-01-{1 + number % 28:02d}T10:00:00Z"
    common = {"id": number + 1, "created_at": moment, "updated_at": moment}
    return common | {
        "tickets": {"subject": CANARIES[1], "description": CANARIES[0], "status": "open", "requester_id": 7,
                    "tags": ["a"], "via": {"channel": "web"}, "generated_timestamp": 1767225600 + number},
        "users": {"name": CANARIES[1], "email": CANARIES[0], "role": "end-user", "active": True},
        "ticket_events": {"ticket_id": 1, "timestamp": 1767225600 + number, "event_type": "Audit",
                          "child_events": [{"id": number, "event_type": "Comment", "body": CANARIES[2]}]},
        "satisfaction_ratings": {"ticket_id": 1, "score": "good", "comment": CANARIES[0]},
        "groups": {"name": "Support", "deleted": False},
    }[name]  # fmt: skip


def page(name: str, number: int) -> dict:
    """Page `number` of PAGES, as the real one would answer it."""
    body = {name: [record(name, 10 * number + n) for n in range(10)]}
    is_last = number == PAGES - 1
    if name in ("tickets", "users"):
        return body | {"after_cursor": f"c{number + 1}", "end_of_stream": is_last}
    if name == "ticket_events":
        return body | {"end_time": 1767225600 + number + 1, "end_of_stream": is_last, "count": 10}
    return body | {"meta": {"has_more": not is_last, "after_cursor": f"c{number + 1}"}}


def _places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _changed(body: dict, rng: random.Random, change) -> dict:
    """The body with `change(holder, key)` done at a random place."""
    path = rng.choice([place for place in _places(body) if place])
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return body


class Server(ThreadingHTTPServer):
    """Breaks page `broken_page` of table `broken_table`, in the way that `what` names."""

    daemon_threads = True

    def __init__(self, rng: random.Random, *, heavy: bool = True):
        self.rng, self.heavy = rng, heavy
        self.broken_table, self.broken_page = rng.choice(ORDER), rng.randrange(PAGES)
        ways = [way for way in dir(_Handler) if way.startswith("way_")]
        weights = [8 if way in ("way_wrong_type", "way_missing_key", "way_odd_value") else 1 for way in ways]
        self.way = rng.choices(ways, weights)[0]
        self.what = f"{self.way.removeprefix('way_')} in page {self.broken_page} of {self.broken_table}"
        self.odd, self.state, self.requests = rng.choice(ODD), rng.getstate(), 0
        self.token_went_elsewhere = False
        super().__init__(("127.0.0.1", 0), _Handler)
        self.elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
        self.elsewhere.daemon_threads, self.elsewhere.owner = True, self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def good_before(self) -> dict[str, int]:
        """How many records came on good pages of the tables before the broken one, and before the broken page."""
        before = ORDER[: ORDER.index(self.broken_table)]
        return dict.fromkeys(before, 10 * PAGES) | {self.broken_table: 10 * self.broken_page}

    def handle_error(self, request, client_address) -> None:
        """A caller that hangs up is what is wanted."""

    def __enter__(self):
        for server in (self, self.elsewhere):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in (self, self.elsewhere):
            server.shutdown()
            server.server_close()


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.owner.token_went_elsewhere |= TOKEN in str(self.headers)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(page("tickets", PAGES - 1)).encode())

    def log_message(self, *_):
        pass


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/api/v2/").removesuffix(".json")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if path.endswith("/count"):
            broken = self.server.way == "way_count" and path == f"{self.server.broken_table}/count"
            return self.answer({"count": {"value": self.server.odd if broken else 10 * PAGES}})
        name = PATHS.get(path)
        if name is None:
            return self.answer({"error": "not found"}, 404)
        number = self.number(query)
        body = page(name, min(number, PAGES - 1))
        if name == self.server.broken_table and number >= self.server.broken_page and self.server.way != "way_count":
            self.rng = random.Random()
            self.rng.setstate(self.server.state)
            return getattr(self, self.server.way)(body, name)
        return self.answer(body)

    @staticmethod
    def number(query: dict) -> int:
        start = query.get("cursor") or query.get("page[after]")
        if start and start.startswith("c") and start[1:].isdigit():
            return int(start[1:])
        seconds = int(query.get("start_time", "0"))
        return max(0, min(seconds - 1767225600, PAGES - 1))

    def answer(self, body, status=200, headers=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for key, value in headers:
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    # Ways to be wrong

    def way_count(self, body, name):
        raise NotImplementedError

    def way_wrong_type(self, body, name):
        self.answer(_changed(body, self.rng, lambda holder, key: holder.__setitem__(key, self.server.odd)))

    def way_missing_key(self, body, name):
        self.answer(_changed(body, self.rng, lambda holder, key: holder.__delitem__(key)))

    def way_odd_value(self, body, name):
        for holder in body[name]:
            key = self.rng.choice(list(holder))
            holder[key] = self.rng.choice(ODD)
        self.answer(body)

    def way_other_shape(self, body, name):
        self.answer(self.rng.choice([[], [body], "x", 1, None, {}, {name: body}, {name: [body[name]]}, {"error": "x"}]))

    def way_deep(self, body, name):
        depth = self.rng.choice([100, 900, 5_000, 200_000])
        text = json.dumps(body).replace('"id": 1', '"deep": ' + "[" * depth + "]" * depth + ', "id": 1', 1)
        self.answer(text.encode() if self.rng.random() < 0.7 else b"[" * depth)

    def way_raw_bytes(self, body, name):
        content = bytearray(json.dumps(body).encode())
        for _ in range(self.rng.choice([1, 5, 50])):
            content[self.rng.randrange(len(content))] = self.rng.randrange(256)
        self.answer(bytes(content))

    def way_truncated(self, body, name):
        content = json.dumps(body).encode()
        self.answer(content[: self.rng.randrange(len(content))])

    def way_not_json(self, body, name):
        pages = [b"<html>Down</html>", b"", b"\xff\xfe", b"NaN", b"\x00" * 99, b"{'a': 1}", b"9" * 6000, b'"\\ud800"']
        self.answer(self.rng.choice(pages))

    def way_encoding(self, body, name):
        kind, content = self.rng.choice(["gzip", "deflate", "br", "zstd", "nonsense"]), json.dumps(body).encode()
        packed = gzip.compress(content) if self.rng.random() < 0.5 else content
        self.answer(packed[: self.rng.choice([20, len(packed)])], headers=[("Content-Encoding", kind)])

    def way_bomb(self, body, name):
        self.answer(gzip.compress(bytes(64 << 20), 1), headers=[("Content-Encoding", "gzip")])

    def way_large(self, body, name):
        body[name][0]["subject"] = body[name][0]["name"] = "x" * (9 << 20)
        self.answer(body)

    def way_status(self, body, name):
        retry = self.rng.choice(["0", "soon", "-1", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "nan", "9" * 400, ""])
        self.answer(body, self.rng.choice(STATUSES), [("Retry-After", retry)])

    def way_redirect(self, body, name):
        port = self.server.elsewhere.server_port
        there = f"http://127.0.0.1:{port}/x"
        targets = [there, there.replace("127.0.0.1", "localhost"), f"http://user:{TOKEN}@127.0.0.1:{port}/"]
        targets += ["file:///etc/passwd", "//[", "https://127.0.0.1:1/", self.path, "", "http://", "\x07"]
        self.answer(b"", self.rng.choice([301, 302, 303, 307, 308]), [("Location", self.rng.choice(targets))])

    def way_endless(self, body, name):
        self.server.requests += 1
        number = self.server.requests + PAGES
        if self.rng.random() < 0.5:
            body[name] = []
        cursors = {"after_cursor": f"e{number}", "end_of_stream": False, "end_time": 1767225600 + number}
        self.answer(body | cursors | {"meta": {"has_more": True, "after_cursor": f"e{number}"}})

    def way_circle(self, body, name):
        self.server.requests += 1
        number = 1767225700 + self.server.requests % 3
        body[name] = body[name][: self.server.requests % 7]
        cursors = {"after_cursor": f"e{number}", "end_of_stream": False, "end_time": number}
        self.answer(body | cursors | {"meta": {"has_more": True, "after_cursor": f"e{number}"}})

    def way_drip(self, body, name):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.02)

    def way_short(self, body, name):
        content = json.dumps(body).encode()
        self.answer(content, headers=[("Content-Length", str(len(content) + self.rng.choice([-50, 50])))])
        self.close_connection = True

    def way_chunks(self, body, name):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(self.rng.choice([b"zz\r\n", b"5\r\nab", b"-1\r\n", b"ffffffffffffffff\r\nx", b"0\r\n\r\n"]))
        self.close_connection = True

    def way_no_http(self, body, name):
        self.wfile.write(self.rng.choice([b"", b"garbage\r\n\r\n", b"HTTP/9.9 abc\r\n\r\n", b"\x00" * 100]))
        self.close_connection = True
