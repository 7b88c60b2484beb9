"""A helpdesk over HTTP: Zendesk's REST API, served from a folder of JSON lines.

    server = HelpdeskServer(folder, token="…")      # tickets.jsonl, users.jsonl.gz, ticket_events.jsonl, …
    with server:                                     # a thread, on 127.0.0.1 and a free port
        requests.get(server.url + "/api/v2/incremental/tickets/cursor.json?start_time=0", headers=…)

It answers the calls an exporter makes, in the shapes of developer.zendesk.com/api-reference/ticketing: cursor-based
incremental
export of tickets and users, time-based incremental export of ticket events, lists of satisfaction ratings and groups,
and the
counts. Like the real one it repeats records: the second at which one page of events ends opens the next page again.

Every file is read once, at the start; a page is then a slice of an ordered list of lines, so page 140 costs what page
1 does.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hmac
import itertools
import json
import socket
import threading
import time
from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from customer360.demo.helpdesk_changes import Changes
from customer360.errors import SettingError

RESOURCES = ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups")
INCREMENTAL_PAGE = 1000  # most records on a page of an incremental export
LIST_PAGE = 100  # most records on a page of a list
TOO_RECENT_SECONDS = 60  # an incremental export does not look at the last minute
REFUSED_BODY = {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}


@dataclass(frozen=True)
class Faults:
    """What goes wrong on purpose. Requests are counted from 1, over the server's life, refused ones included."""

    fail_after: int | None = None  # this many requests are answered, then come 500s …
    fail_times: int | None = None  # … so many of them; None: for ever
    not_json: frozenset[int] = frozenset()  # these requests get an HTML page with status 200
    wrong_content: frozenset[int] = frozenset()  # these get JSON that is not the answer: no records, no end_of_stream
    dropped: frozenset[int] = frozenset()  # these end in the middle of the body, connection closed
    slow_seconds: float = 0  # every answer waits this long


@dataclass
class Resource:
    """The lines of one file, in the order of the second they changed (`seconds` runs beside `lines`)."""

    name: str
    seconds: list[int] = field(default_factory=list)
    ids: list[int | str] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    distinct: int = 0

    @classmethod
    def read(cls, folder: Path, name: str) -> Resource:
        path = next((p for p in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz") if p.exists()), None)
        if path is None:
            return cls(name)
        rows = []
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                    rows.append((_changed(record), str(record["id"]), record["id"], line.strip()))
                except (ValueError, KeyError, TypeError) as error:
                    raise SettingError(f"{path.name}, line {number}, is not a {name} record: {error}.") from None
        rows.sort(key=lambda row: row[:2])
        return cls(
            name,
            [row[0] for row in rows],
            [row[2] for row in rows],
            [row[3] for row in rows],
            len({row[1] for row in rows}),
        )


def _changed(record: dict) -> int:
    """The second by which an export orders a record."""
    for name in ("timestamp", "generated_timestamp"):
        if record.get(name) is not None:
            return int(record[name])
    moment = record.get("updated_at") or record["created_at"]
    parsed = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


class HelpdeskServer(ThreadingHTTPServer):
    """Serves `folder` on 127.0.0.1:`port` (0: any free port; `url` says which).

    token: what a caller must show, as `Authorization: Bearer <token>` or as basic `<e-mail>/token:<token>`.
    requests_per_minute: more than that gets 429 with Retry-After, as the real one does; None: no limit.
    refuse_every: every n-th request gets 429 whatever the rate; `retry_after` is what both say, in seconds.
    repeat_records: every page of a cursor export after the first opens with the last record of the page before.
    Raises SettingError when a file of the folder cannot be read as JSON lines, or the folder holds none.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        folder: Path | str,
        *,
        token: str,
        port: int = 0,
        requests_per_minute: int | None = None,
        refuse_every: int | None = None,
        retry_after: int = 1,
        repeat_records: bool = False,
        faults: Faults | None = None,
    ) -> None:
        folder = Path(folder)
        self.resources = {name: Resource.read(folder, name) for name in RESOURCES}
        if not any(resource.lines for resource in self.resources.values()):
            raise SettingError(
                f"{folder} holds none of {', '.join(f'{name}.jsonl' for name in RESOURCES)} (or .jsonl.gz)."
            )
        self.token = token
        self.requests_per_minute = requests_per_minute
        self.refuse_every = refuse_every
        self.retry_after = retry_after
        self.repeat_records = repeat_records
        self.faults = faults or Faults()
        self.changes = Changes(self.resources)
        self.request_count = 0
        self._recent: deque[float] = deque()
        self._counting = threading.Lock()
        self._thread: threading.Thread | None = None
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> HelpdeskServer:
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, name="helpdesk", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A caller that hangs up is not worth a traceback."""

    def admit(self) -> tuple[int, bool]:
        """Count a request: its number, and whether it is refused with 429."""
        with self._counting:
            self.request_count += 1
            refused = bool(self.refuse_every) and self.request_count % self.refuse_every == 0
            if self.requests_per_minute:
                now = time.monotonic()
                while self._recent and now - self._recent[0] >= 60:
                    self._recent.popleft()
                if len(self._recent) >= self.requests_per_minute:
                    refused = True
                elif not refused:
                    self._recent.append(now)
            return self.request_count, refused

    def fails(self, number: int) -> bool:
        """Whether this request is one of the 500s."""
        first = self.faults.fail_after
        if first is None or number <= first:
            return False
        return self.faults.fail_times is None or number <= first + self.faults.fail_times


class _BadRequestError(Exception):
    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: HelpdeskServer
    protocol_version = "HTTP/1.1"
    server_version = "customer360-helpdesk"
    sys_version = ""
    wbufsize = -1  # headers and body leave together
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        faults = self.server.faults
        number, refused = self.server.admit()
        if faults.slow_seconds:
            time.sleep(faults.slow_seconds)
        if not self._authorised():
            return self._send(
                {"error": "Couldn't authenticate you"}, 401, {"WWW-Authenticate": 'Basic realm="Web Password"'}
            )
        if refused:
            return self._send(REFUSED_BODY, 429, {"Retry-After": str(self.server.retry_after)})
        if self.server.fails(number):
            return self._send({"error": "InternalError", "description": "Something went wrong"}, 500)
        if number in faults.not_json:
            return self._send(
                b"<!DOCTYPE html><html><body>Down for maintenance</body></html>", 200, content_type="text/html"
            )
        if number in faults.wrong_content:
            return self._send({"message": "hello"})
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        try:
            body = self._answer(parts.path.removesuffix(".json"), query)
        except _BadRequestError as error:
            return self._send({"error": "InvalidValue", "description": str(error)}, error.status)
        if body is None:
            return self._send({"error": "InvalidEndpoint", "description": "Not found"}, 404)
        return self._send(body, drop=number in faults.dropped)

    def _answer(self, path: str, query: dict[str, str]) -> bytes | None:
        resources = self.server.resources
        match path.removeprefix("/api/v2/").split("/") if path.startswith("/api/v2/") else None:
            case ["incremental", ("tickets" | "users") as name, "cursor"]:
                return self._cursor_page(resources[name], path, query)
            case ["incremental", "ticket_events"]:
                return self._event_page(resources["ticket_events"], path, query)
            case [("satisfaction_ratings" | "groups") as name]:
                return self._list_page(resources[name], path, query)
            case [("tickets" | "users" | "satisfaction_ratings" | "groups") as name, "count"]:
                refreshed_at = datetime.now(UTC).isoformat(timespec="seconds")
                value = self.server.changes.count(resources[name])
                return _json({"count": {"value": value, "refreshed_at": refreshed_at}})
            case [("tickets" | "users") as name, "show_many"]:
                ids = query.get("ids", "").split(",")
                if len(ids) > LIST_PAGE:
                    raise _BadRequestError(f"at most {LIST_PAGE} ids", 400)
                return _page(name, self.server.changes.shown(resources[name], ids), {"next_page": None})
            case [("satisfaction_ratings" | "groups") as name, id_]:
                lines = self.server.changes.shown(resources[name], [id_])
                return b'{"' + name.removesuffix("s").encode() + b'":' + lines[0] + b"}" if lines else None
        return None

    def _cursor_page(self, resource: Resource, path: str, query: dict[str, str]) -> bytes:
        """`cursor` goes on behind the record it names; `start_time` begins at that second."""
        if "cursor" in query:
            start = self._behind(resource, query["cursor"])
        else:
            start = bisect_left(resource.seconds, self._start_time(query))
        size = self._number(query, "per_page", INCREMENTAL_PAGE, INCREMENTAL_PAGE)
        end = min(start + size, len(resource.lines))
        cursor = _cursor(resource, end) if end else query.get("cursor")
        first = start - 1 if self.server.repeat_records and "cursor" in query and 0 < start < end else start
        around = {
            "after_url": cursor and self._url(path, {"cursor": cursor, "per_page": size}),
            "before_url": None,
            "after_cursor": cursor,
            "before_cursor": None,
            "end_of_stream": end >= len(resource.lines),
        }
        lines = resource.lines[first:end]
        if resource.name == "tickets" and "metric_sets" not in query.get("include", "").split(","):
            lines = [_without_metric_set(line) for line in lines]
        return _page(resource.name, lines, around)

    def _event_page(self, resource: Resource, path: str, query: dict[str, str]) -> bytes:
        """From start_time on. A page runs to the end of its last second, which the next page opens with again."""
        start_time = self._start_time(query)
        size = self._number(query, "per_page", INCREMENTAL_PAGE, INCREMENTAL_PAGE)
        start = bisect_left(resource.seconds, start_time)
        end = min(start + size, len(resource.lines))
        if start < end < len(resource.lines):
            end = bisect_right(resource.seconds, resource.seconds[end - 1])
        end_time = resource.seconds[end - 1] if start < end else start_time
        if end_time == start_time and end < len(resource.lines):
            end_time += 1  # a whole page of one second: all of it is here, and asking for it again would never end
        lines = resource.lines[start:end]
        include = query.get("include", "").split(",")
        if "comment_events" not in include:
            lines = [_without_comments(line) for line in lines]
        following = {"start_time": end_time, "per_page": size} | (
            {"include": query["include"]} if "include" in query else {}
        )
        around = {
            "count": len(lines),
            "end_of_stream": end >= len(resource.lines),
            "end_time": end_time,
            "next_page": self._url(path, following),
        }
        return _page(resource.name, lines, around)

    def _list_page(self, resource: Resource, path: str, query: dict[str, str]) -> bytes:
        """Cursor pagination with page[size]; without it offset pagination (page, per_page).

        start_time and end_time, both included, are about the second a record changed.
        """
        low = bisect_left(resource.seconds, int(query["start_time"])) if "start_time" in query else 0
        high = bisect_right(resource.seconds, int(query["end_time"])) if "end_time" in query else len(resource.lines)
        kept = {name: query[name] for name in ("start_time", "end_time") if name in query}
        if "page[size]" in query or "page[after]" in query:
            size = self._number(query, "page[size]", LIST_PAGE, LIST_PAGE)
            start = max(self._behind(resource, query["page[after]"]), low) if query.get("page[after]") else low
            end = min(start + size, high)
            more = end < high
            after = _cursor(resource, end) if end > start else None
            following = self._url(path, {**kept, "page[size]": size, "page[after]": after}) if more else None
            meta = {
                "has_more": more,
                "after_cursor": after,
                "before_cursor": _cursor(resource, start) if start else None,
            }
            around = {"meta": meta, "links": {"prev": None, "next": following}}
            return _page(resource.name, resource.lines[start:end], around)
        size, page = self._number(query, "per_page", LIST_PAGE, LIST_PAGE), self._number(query, "page", 1, 100)
        start = low + (page - 1) * size
        end = min(start + size, high)
        around = {
            "next_page": self._url(path, {**kept, "page": page + 1, "per_page": size}) if end < high else None,
            "previous_page": self._url(path, {**kept, "page": page - 1, "per_page": size}) if page > 1 else None,
            "count": max(0, high - low),
        }
        return _page(resource.name, resource.lines[start:end], around)

    def _start_time(self, query: dict[str, str]) -> int:
        text = query.get("start_time", "")
        if not text.lstrip("-").isdigit():
            raise _BadRequestError("start_time is required: seconds since 1970-01-01 UTC")
        if int(text) > time.time() - TOO_RECENT_SECONDS:
            raise _BadRequestError("Too recent start_time. Use a start_time older than 60 seconds", 422)
        return int(text)

    @staticmethod
    def _number(query: dict[str, str], name: str, default: int, most: int) -> int:
        text = query.get(name, str(default))
        if not text.isdigit() or int(text) < 1:
            raise _BadRequestError(f"{name} must be a whole number, 1 or more")
        return min(int(text), most)

    @staticmethod
    def _behind(resource: Resource, cursor: str) -> int:
        """The position behind the record a cursor names."""
        try:
            second, _, id_ = base64.b64decode(cursor, validate=True).decode().partition("||")
            low, high = bisect_left(resource.seconds, int(second)), bisect_right(resource.seconds, int(second))
        except (ValueError, binascii.Error):
            raise _BadRequestError("cursor is not valid") from None
        return low + bisect_right([str(value) for value in resource.ids[low:high]], id_)

    def _url(self, path: str, query: dict) -> str:
        return f"{self.server.url}{path}.json?{urlencode(query, quote_via=quote)}"

    def _authorised(self) -> bool:
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                user, _, credentials = base64.b64decode(credentials, validate=True).decode().rpartition(":")
            except (ValueError, binascii.Error):
                return False
            if not user.endswith("/token"):
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(credentials.strip().encode(), self.server.token.encode())

    def _send(self, body, status=200, headers=None, content_type="application/json; charset=utf-8", drop=False) -> None:
        content = body if isinstance(body, bytes) else _json(body)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if drop else content)
        if drop:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a request line may hold nothing secret, but nobody reads a million of them."""


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _page(name: str, lines: list[bytes], around: dict) -> bytes:
    """A page put together from stored lines, without parsing them again."""
    return b'{"' + name.encode() + b'":[' + b",".join(lines) + b"]," + _json(around)[1:]


def _cursor(resource: Resource, end: int) -> str:
    """Names the last record before `end` by its second and id, so it stays right when records are added behind it."""
    return base64.b64encode(f"{resource.seconds[end - 1]}||{resource.ids[end - 1]}".encode()).decode()


def _without_metric_set(line: bytes) -> bytes:
    """Without include=metric_sets, a ticket comes without the helpdesk's own figures about it."""
    if b'"metric_set"' not in line:
        return line
    ticket = json.loads(line)
    ticket.pop("metric_set", None)
    return _json(ticket)


def _without_comments(line: bytes) -> bytes:
    """Without include=comment_events, an event says only that there was a comment and whether it was public."""
    event = json.loads(line)
    children = []
    for is_comment, group in itertools.groupby(
        event["child_events"], lambda child: child.get("event_type") == "Comment"
    ):
        for child in group:
            children.append(
                {
                    "id": child["id"],
                    "event_type": "Comment",
                    "comment_present": True,
                    "comment_public": child.get("public"),
                }
                if is_comment
                else child
            )
    return _json({**event, "child_events": children})
