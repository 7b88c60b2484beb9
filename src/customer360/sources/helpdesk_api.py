"""Zendesk's REST API, as much of it as a pull needs: pages of records, and counts.

    helpdesk = Helpdesk("https://company.zendesk.com", token)
    for page in helpdesk.pages(TABLES["helpdesk_tickets"], {"start_time": "0"}): ...

Nothing an answer says is taken on trust: its size, the time it takes, its shape, and where it wants to lead. Every
failure becomes a SourceError of one sentence. The token goes to the configured host only, over checked TLS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import requests
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from customer360.errors import SettingError, SourceError, SourceUnreachableError
from customer360.sources.contract import Table
from customer360.sources.http import MAX_ATTEMPTS, patient_session, received

# The API refuses to look at the last minute.
TOO_RECENT = timedelta(seconds=90)
MOST_EMPTY_PAGES = 100  # in a row
LONGEST_CURSOR = 4096

# How each table is read: path, and parameters of every request. With metric_sets, a ticket brings the helpdesk's own
# figures about it along, as `metric_set`.
EXPORTS = {
    "tickets": ("incremental/tickets/cursor.json", {"include": "metric_sets", "per_page": "1000"}),
    "users": ("incremental/users/cursor.json", {"per_page": "1000"}),
    "ticket_events": ("incremental/ticket_events.json", {"include": "comment_events", "per_page": "1000"}),
}
LISTS = {
    "satisfaction_ratings": ("satisfaction_ratings.json", {"page[size]": "100"}),
    "groups": ("groups.json", {"page[size]": "100"}),
}
_HAS_COUNT = {"tickets", "users", "satisfaction_ratings", "groups"}
_SHOWN_MANY = {"tickets", "users"}
IDS_PER_REQUEST = 100
_POSITION = ("cursor", "page", "page[after]")


@dataclass(frozen=True)
class Page:
    records: list[dict]
    next_cursor: dict[str, str] | None  # the query parameters that go on behind this page; kept for the next pull
    is_last: bool
    bytes: int


class Helpdesk:
    """The helpdesk at `url`. is_out_of_reach: asking it for anything else is of no use."""

    def __init__(self, url: str, token: str):
        try:
            parts = urlsplit(url)
            self.host = parts.hostname
            is_address = parts.scheme in ("http", "https") and bool(self.host) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise SettingError(
                "CUSTOMER360_HELPDESK_URL is neither a web address, such as https://company.zendesk.com, nor a folder."
            )
        if not token.isascii() or not token.isprintable():
            raise SettingError("CUSTOMER360_HELPDESK_TOKEN holds characters that no token has. Copy it again.")
        self.is_out_of_reach = False
        self.client = RESTClient(
            base_url=f"{parts.scheme}://{parts.netloc}/api/v2/",
            auth=BearerTokenAuth(token),
            session=patient_session(),
            config=RuntimeConfiguration(),
        )

    def pages(self, table: Table, start: dict[str, str]) -> Iterator[Page]:
        """Every page from `start` (query parameters: start_time or a cursor) to the end of the stream."""
        name = table.name
        path, fixed = (EXPORTS | LISTS)[name]
        if "start_time" in start:
            newest_allowed = int((datetime.now(UTC) - TOO_RECENT).timestamp())
            start = {"start_time": str(min(int(start["start_time"]), newest_allowed))}
        if name == "groups":
            start = {key: value for key, value in start.items() if key != "start_time"}
        parameters, position, seen = {**fixed, **start}, start, {json.dumps(start)}
        before, empty = [], 0
        while True:
            body, size = self._page(name, path, parameters)
            records = body[name]
            following, is_last = _following(name, body, position)
            empty = 0 if records else empty + 1
            if not is_last and (
                following is None
                or json.dumps(following) in seen
                or (records and records == before)
                or empty > MOST_EMPTY_PAGES
            ):
                raise SourceError(
                    f"helpdesk: the pages of {name} do not move on. Report this to the helpdesk's operator."
                )
            yield Page(records, following, is_last, size)
            if is_last:
                return
            seen.add(json.dumps(following))
            before, position = records, following
            kept = {key: value for key, value in parameters.items() if key not in _POSITION}
            if "cursor" in following:
                kept.pop("start_time", None)
            parameters = {**kept, **following}

    def count(self, table: Table) -> int | None:
        """How many records the helpdesk says it has; None where its API does not tell."""
        if table.name not in _HAS_COUNT:
            return None
        body, _ = self._get(f"{table.name}/count.json", {}, absent=(403, 404))
        found = body.get("count") if isinstance(body, dict) else None
        value = found.get("value") if isinstance(found, dict) else None
        return value if type(value) is int and 0 <= value < 1 << 62 else None

    def present(self, table: Table, ids: Sequence[str]) -> set[str]:
        """Which of these records the helpdesk has, asked for by id: archived ones too, which no list shows.

        Tickets that it only keeps as deleted are not there. Not for ticket events, which cannot be asked for.
        """
        found = set()
        if table.name in _SHOWN_MANY:
            for start in range(0, len(ids), IDS_PER_REQUEST):
                wanted = ",".join(ids[start : start + IDS_PER_REQUEST])
                body, _ = self._page(table.name, f"{table.name}/show_many.json", {"ids": wanted})
                found |= {str(record.get("id")) for record in body[table.name] if record.get("status") != "deleted"}
            return found
        for each in ids:
            body, _ = self._get(f"{table.name}/{quote(each, safe='')}.json", {}, absent=(404,))
            found |= {each} if body is not None else set()
        return found

    def _page(self, name: str, path: str, parameters: dict[str, str]) -> tuple[dict, int]:
        body, size = self._get(path, parameters)
        if not isinstance(body, dict) or not isinstance(body.get(name), list):
            raise SourceError(f"helpdesk: a page of {name} holds no list of {name}: this is not the helpdesk's API.")
        if not all(isinstance(record, dict) for record in body[name]):
            raise SourceError(f"helpdesk: a page of {name} holds something that is not a record.")
        return body, size

    def _get(self, path: str, parameters: dict[str, str], *, absent: tuple[int, ...] = ()) -> tuple[object, int]:
        """The answer as JSON, and its size; None where the helpdesk refuses with one of the statuses `absent`."""
        try:
            response = self.client.get(path, params=parameters, hooks={"response": [received]})
        except requests.RequestException as error:
            refused = error.response.status_code if error.response is not None else None
            if isinstance(error, requests.HTTPError) and refused in absent:
                return None, 0
            raise self._explained(error) from None
        try:
            return json.loads(response.content), len(response.content)
        except RecursionError:
            raise SourceError(f"helpdesk: {self.host} answered a page that is nested too deep to be read.") from None
        except ValueError:  # no JSON, not in UTF-8, or a number of thousands of digits
            raise SourceError(
                f"helpdesk: {self.host} answered a page that is not JSON. Is CUSTOMER360_HELPDESK_URL the helpdesk's "
                f"own address, or is it down for maintenance?"
            ) from None

    def _explained(self, error: requests.RequestException) -> SourceError:
        if isinstance(error, requests.HTTPError) and error.response is not None:
            return self._refused(error.response)
        self.is_out_of_reach = True
        if isinstance(error, requests.exceptions.SSLError):
            return SourceError(
                f"helpdesk: no secure connection to {self.host}: its certificate or TLS version is not accepted."
            )
        if isinstance(error, requests.TooManyRedirects):
            return SourceError(f"helpdesk: {self.host} leads from one address to the next and never answers.")
        if isinstance(error, requests.exceptions.ContentDecodingError):
            return SourceError(f"helpdesk: {self.host} answered something that cannot be unpacked.")
        if isinstance(error, requests.Timeout):
            return SourceUnreachableError(
                f"helpdesk: {self.host} did not answer in time, {MAX_ATTEMPTS} times in a row."
            )
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return SourceUnreachableError(
                f"helpdesk: {self.host} broke off in the middle of its answer, {MAX_ATTEMPTS} times in a row."
            )
        return SourceUnreachableError(
            f"helpdesk: {self.host} cannot be reached. Check CUSTOMER360_HELPDESK_URL and the network."
        )

    def _refused(self, response: requests.Response) -> SourceError:
        status, path = response.status_code, urlsplit(response.url).path
        if status in (401, 403):
            self.is_out_of_reach = True
            return SourceError(
                f"helpdesk: {self.host} does not accept CUSTOMER360_HELPDESK_TOKEN (HTTP {status}). Renew the token."
            )
        if status == 404:
            return SourceError(f"helpdesk: {self.host} has no {path} (HTTP 404). Is CUSTOMER360_HELPDESK_URL right?")
        if status == 429:
            return SourceUnreachableError(
                f"helpdesk: {self.host} still refuses after {MAX_ATTEMPTS} waits (HTTP 429). Pull less often."
            )
        if status >= 500:
            return SourceUnreachableError(
                f"helpdesk: {self.host} failed on {path} (HTTP {status}), {MAX_ATTEMPTS} times in a row. What came "
                f"before is loaded; the next pull goes on from there."
            )
        return SourceError(f"helpdesk: {self.host} refused {path} (HTTP {status}).")


def _following(name: str, body: dict, position: dict[str, str]) -> tuple[dict[str, str] | None, bool]:
    """Where the pages go on, and whether this is the last; parameters only: a link could lead the token elsewhere.

    What does not say clearly that it ends is an error: a stream cut short by mistake would look complete.
    """

    def said(value: object, what: str) -> bool:
        if type(value) is not bool:
            raise SourceError(f"helpdesk: a page of {name} does not say in {what} whether more follow.")
        return value

    def text(value: object) -> str:
        if type(value) not in (str, int) or len(str(value)) > LONGEST_CURSOR:
            raise SourceError(f"helpdesk: a page of {name} holds a cursor that is none.")
        return str(value)

    if name in EXPORTS:
        is_last = said(body.get("end_of_stream"), "end_of_stream")
        if body.get("after_cursor") is not None:
            return {"cursor": text(body["after_cursor"])}, is_last
        if body.get("end_time") is not None:
            if type(body["end_time"]) is not int or not 0 <= body["end_time"] < 1 << 40:
                raise SourceError(f"helpdesk: a page of {name} holds an end_time that is no time.")
            return {"start_time": str(body["end_time"])}, is_last
        return (position if is_last else None), is_last
    if isinstance(body.get("meta"), dict):  # lists in cursor pagination
        has_more = said(body["meta"].get("has_more"), "meta.has_more")
        return ({"page[after]": text(body["meta"].get("after_cursor"))} if has_more else None), not has_more
    if "next_page" not in body:
        said(None, "meta or next_page")
    if body["next_page"] is None:
        return None, True
    try:  # lists in offset pagination
        page = parse_qs(urlsplit(text(body["next_page"])).query).get("page")
    except ValueError:
        page = None
    return ({"page": page[0]} if page else None), False
