"""The helpdesk: tickets, users, ticket events, satisfaction ratings and groups, over Zendesk's REST API.

    CUSTOMER360_HELPDESK_URL=https://company.zendesk.com CUSTOMER360_HELPDESK_TOKEN=… customer360 pull tickets

Tickets, users and events come from the incremental exports, which hand out a cursor with every page; every few pages
are committed together with their cursor in `ops.loads`, and the next pull goes on from there, also after a kill or an
error. Ratings are listed from RATINGS_LAG before the newest one known, groups always whole. Only the contract's
fields are kept: the API has many more. Where the setting is a folder, `ticket_files` reads the helpdesk from there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import requests
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_STATUS, retry_if_status, wait_exponential_retry_after
from dlt.sources.helpers.requests.session import Session
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from tenacity import Retrying, retry_any, retry_if_exception, stop_after_attempt

from customer360.config import Settings
from customer360.errors import SettingError, SourceError, SourceUnreachableError, one_source_error
from customer360.sources import raw, ticket_files
from customer360.sources.contract import PULLS, Table
from customer360.sources.landing import Progress, Ticker, landing_folder, say_loaded
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

# A rating that was offered is answered days later, and lists of ratings begin at the day they were created.
RATINGS_LAG = timedelta(days=30)
PAGES_PER_STEP = 20
SECONDS_PER_STEP = 30.0
MAX_ATTEMPTS = 6
BACKOFF_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 600  # also the longest Retry-After that is waited for
# The API refuses to look at the last minute.
TOO_RECENT = timedelta(seconds=90)


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load what changed in the helpdesk into raw; returns the loads, one per table and step.

    since, until: naive UTC, since < updated_at <= until; None goes on from the last cursor / to the end of the
    stream. Raises SourceError after every page that could be read was loaded.
    """
    url = settings.required("helpdesk_url")
    if ticket_files.is_folder(url):
        return ticket_files.pull(settings, run_id=run_id, since=since, until=until, progress=progress)
    helpdesk = Helpdesk(url, settings.required("helpdesk_token"))
    loads, problems = [], []
    with landing_folder(settings, "tickets") as folder:
        with reading(settings, "look up the cursors of the helpdesk") as warehouse:
            positions = {table.name: raw.position(warehouse, table) for table in PULLS["tickets"]}
        for number, table in enumerate(PULLS["tickets"]):
            started_at = utc_now()
            try:
                _Pull(
                    settings, helpdesk, table, folder, run_id, positions[table.name], since, until, progress, loads
                ).run()
            except SourceError as error:
                problems.append(error)
                # Where the helpdesk is out of reach there is no use in asking for the rest.
                failed = PULLS["tickets"][number:] if helpdesk.is_out_of_reach else [table]
                loads += raw.record_failure(settings, failed, run_id=run_id, started_at=started_at, message=str(error))
                progress(f"helpdesk.{table.name}: stopped. {error}")
                if helpdesk.is_out_of_reach:
                    break
    if problems:
        raise one_source_error(problems)
    return loads


@dataclass
class _Pull:
    """One table's pull: pages are collected, and every few of them become one load."""

    settings: Settings
    helpdesk: Helpdesk
    table: Table
    folder: Path
    run_id: str | None
    position: tuple[datetime | None, str | None]
    since: datetime | None
    until: datetime | None
    progress: Progress
    loads: list[Load]

    def run(self) -> None:
        watermark, cursor = self.position
        # A window that ends, or begins behind the watermark, is an excursion: it does not move the cursor.
        self.keeps_cursor = self.until is None and (self.since is None or watermark is None or self.since <= watermark)
        self.source_count = self.helpdesk.count(self.table) if self.until is None else None
        self.ticker = Ticker(self.progress, f"helpdesk.{self.table.name}")
        self.started_at, self.records, self.pages, number_of_loads = utc_now(), [], 0, len(self.loads)
        last_commit, next_cursor = time.monotonic(), None
        try:
            for page in self.helpdesk.pages(self.table, self._start(watermark, cursor)):
                self.pages += 1
                self.records += [record for record in page.records if self._is_wanted(record)]
                self.ticker.add(len(page.records))
                next_cursor = page.next_cursor
                if self.until is not None and page.records and all(map(self._is_later, page.records)):
                    break
                if self.pages >= PAGES_PER_STEP or time.monotonic() - last_commit >= SECONDS_PER_STEP:
                    self._commit(next_cursor, is_last=page.is_last)
                    last_commit = time.monotonic()
                    next_cursor = None if page.is_last else next_cursor
        except SourceError:
            if self.pages:
                self._commit(next_cursor, is_last=False)
            raise
        if self.pages or len(self.loads) == number_of_loads:
            self._commit(next_cursor, is_last=True)
        say_loaded(self.progress, self.table, self.loads[number_of_loads:])

    def _start(self, watermark: datetime | None, cursor: str | None) -> dict[str, str]:
        """The query parameters of the first page."""
        if self.since is not None:
            return {"start_time": str(_epoch(self.since))}
        if cursor:
            return json.loads(cursor)
        if self.table.name == "satisfaction_ratings" and watermark:
            return {"start_time": str(_epoch(watermark - RATINGS_LAG))}
        return {"start_time": "0"}

    def _is_wanted(self, record: dict) -> bool:
        if self.since is None and self.until is None:
            return True
        moment = _moment(record)
        if moment is None:
            return True  # raw says what is wrong with it
        return (self.since is None or moment > self.since) and (self.until is None or moment <= self.until)

    def _is_later(self, record: dict) -> bool:
        moment = _moment(record)
        return moment is not None and moment > self.until

    def _commit(self, next_cursor: dict | None, *, is_last: bool) -> None:
        file = self.folder / f"{self.table.name}-{len(self.loads)}.parquet"
        files = [file] if self.records else []
        if self.records:
            pq.write_table(_as_table(self.table, self.records), file)
        is_list = self.table.name in _LISTS
        if is_list:
            next_cursor = None if is_last else next_cursor
        kept = json.dumps(next_cursor) if next_cursor else ""
        delivery = raw.Delivery(
            self.table,
            files,
            run_id=self.run_id,
            started_at=self.started_at,
            since=self.since,
            until=self.until,
            source_count=self.source_count,
            cursor=kept if self.keeps_cursor and (kept or is_list) else None,
            # A list is in no order one could rely on, so it is complete only at its end.
            holds_watermark=is_list and not is_last,
        )
        self.loads += raw.write(self.settings, [delivery])
        self.started_at, self.records, self.pages = utc_now(), [], 0


@dataclass(frozen=True)
class Page:
    records: list[dict]
    next_cursor: dict[str, str] | None  # the query parameters that go on behind this page; kept for the next pull
    is_last: bool


# How each table is read: path, key of the records in a page, and parameters of every request. With metric_sets, a
# ticket brings the helpdesk's own figures about it along, as `metric_set`.
_EXPORTS = {
    "tickets": ("incremental/tickets/cursor.json", {"include": "metric_sets", "per_page": "1000"}),
    "users": ("incremental/users/cursor.json", {"per_page": "1000"}),
    "ticket_events": ("incremental/ticket_events.json", {"include": "comment_events", "per_page": "1000"}),
}
_LISTS = {
    "satisfaction_ratings": ("satisfaction_ratings.json", {"page[size]": "100"}),
    "groups": ("groups.json", {"page[size]": "100"}),
}
_HAS_COUNT = {"tickets", "users", "satisfaction_ratings", "groups"}


class Helpdesk:
    """The part of Zendesk's API that a pull needs. Every failure becomes a SourceError of one sentence."""

    def __init__(self, url: str, token: str):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SettingError(
                "CUSTOMER360_HELPDESK_URL is neither a web address, such as https://company.zendesk.com, nor a folder."
            )
        self.host = parts.hostname
        self.is_out_of_reach = False
        self.client = RESTClient(
            base_url=f"{parts.scheme}://{parts.netloc}/api/v2/",
            auth=BearerTokenAuth(token),
            session=_patient_session(),
            config=RuntimeConfiguration(),
        )

    def pages(self, table: Table, start: dict[str, str]) -> Iterator[Page]:
        """Every page from `start` (query parameters: start_time or a cursor) to the end of the stream."""
        path, parameters = (_EXPORTS | _LISTS)[table.name]
        if "start_time" in start:
            newest_allowed = int((datetime.now(UTC) - TOO_RECENT).timestamp())
            start = {"start_time": str(min(int(start["start_time"]), newest_allowed))}
        if table.name == "groups":
            start = {name: value for name, value in start.items() if name != "start_time"}
        paginator = _Paginator(table.name, start)
        try:
            for _ in self.client.paginate(
                path,
                params={**parameters, **start},
                paginator=paginator,
                data_selector=table.name,
                hooks={"response": [_check]},
            ):
                yield Page(paginator.records, paginator.next_cursor, not paginator.has_next_page)
        except requests.RequestException as error:
            raise self._explained(error) from None

    def count(self, table: Table) -> int | None:
        """How many records the helpdesk says it has; None where its API does not tell."""
        if table.name not in _HAS_COUNT:
            return None
        try:
            response = self.client.get(f"{table.name}/count.json", hooks={"response": [_check]})
            return int(response.json()["count"]["value"])
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in (404, 403):
                return None
            raise self._explained(error) from None
        except requests.JSONDecodeError:
            raise SourceError(f"helpdesk: {self.host} answered something that is not JSON.") from None
        except requests.RequestException as error:
            raise self._explained(error) from None
        except (KeyError, TypeError, ValueError):
            return None

    def _explained(self, error: requests.RequestException) -> SourceError:
        if isinstance(error, requests.JSONDecodeError):
            return SourceUnreachableError(
                f"helpdesk: {self.host} answered a page that is not JSON. Is CUSTOMER360_HELPDESK_URL the helpdesk's "
                f"own address, or is it down for maintenance?"
            )
        if isinstance(error, requests.HTTPError) and error.response is not None:
            return self._refused(error.response)
        self.is_out_of_reach = True
        if isinstance(error, requests.exceptions.SSLError):
            return SourceError(
                f"helpdesk: no secure connection to {self.host}: its certificate or TLS version is not accepted."
            )
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


def _patient_session() -> Session:
    """A session that waits and tries again after 429 (as long as Retry-After says), 5xx and broken connections.

    dlt's own Client would do the same, but to configure itself it looks for a running Airflow, which takes seconds
    and may open Airflow's database.
    """
    retry = Retrying(
        wait=wait_exponential_retry_after(multiplier=BACKOFF_SECONDS, max=LONGEST_WAIT_SECONDS),
        retry=retry_any(retry_if_status(DEFAULT_RETRY_STATUS), retry_if_exception(_may_pass)),
        stop=stop_after_attempt(MAX_ATTEMPTS),
        reraise=True,
    )
    session = Session(timeout=(10, 120), raise_for_status=False)
    session.send = retry.wraps(session.send)
    return session


def _may_pass(error: BaseException) -> bool:
    lasting = requests.exceptions.SSLError
    passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, passing) and not isinstance(error, lasting)


class _Paginator(BasePaginator):
    """Follows the three kinds of pages, by parameters only: a link could lead the token to another host."""

    def __init__(self, name: str, start: dict[str, str]):
        super().__init__()
        self.name = name
        self.next_cursor = start
        self.records: list[dict] = []

    def update_state(self, response: requests.Response, data: list | None = None) -> None:
        body = response.json()
        if not isinstance(body, dict) or not isinstance(body.get(self.name), list):
            raise SourceError(
                f"helpdesk: a page of {self.name} holds no list of {self.name}: this is not the helpdesk's API."
            )
        self.records = body[self.name]
        if not all(isinstance(record, dict) for record in self.records):
            raise SourceError(f"helpdesk: a page of {self.name} holds something that is not a record.")
        before = self.next_cursor
        self.next_cursor, self._has_next_page = self._following(body)
        if self._has_next_page and self.next_cursor in (None, before):
            raise SourceError(
                f"helpdesk: the pages of {self.name} do not move on. Report this to the helpdesk's operator."
            )

    def _following(self, body: dict) -> tuple[dict[str, str] | None, bool]:
        if "end_of_stream" in body:  # incremental exports
            if body.get("after_cursor"):
                following = {"cursor": body["after_cursor"]}
            elif body.get("end_time"):
                following = {"start_time": str(body["end_time"])}
            else:
                following = self.next_cursor if body["end_of_stream"] else None
            return following, not body["end_of_stream"]
        if isinstance(body.get("meta"), dict):  # lists in cursor pagination
            has_more = bool(body["meta"].get("has_more"))
            return ({"page[after]": body["meta"].get("after_cursor")} if has_more else None), has_more
        if body.get("next_page"):  # lists in offset pagination
            page = parse_qs(urlsplit(body["next_page"]).query).get("page")
            return ({"page": page[0]} if page else None), True
        return None, False

    def update_request(self, request: requests.Request) -> None:
        if self.next_cursor is not None and self.has_next_page:
            kept = {
                name: value for name, value in request.params.items() if name not in ("cursor", "page", "page[after]")
            }
            if "cursor" in self.next_cursor:
                kept.pop("start_time", None)
            request.params = {**kept, **self.next_cursor}


def _check(response: requests.Response, *args, **kwargs) -> None:
    """Raise for every refusal; the session retries 429 and 5xx before anyone sees it."""
    response.raise_for_status()


def _as_table(table: Table, records: list[dict]) -> pa.Table:
    """The contract's fields of API records as text columns; nested values as JSON."""
    columns = {}
    for column in table.columns:
        if column.name == "updated_at" and table.name == "ticket_events":
            values = [record.get("created_at") for record in records]  # an event never changes
        elif any(column.name in record for record in records):
            values = [record.get(column.name) for record in records]
        else:
            continue  # a field that no record has; raw decides whether that matters
        columns[column.name] = pa.array([_text(value) for value in values], pa.string())
    return pa.table(columns)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _moment(record: dict) -> datetime | None:
    """When a record changed, naive UTC."""
    try:
        moment = datetime.fromisoformat(str(record.get("updated_at") or record.get("created_at")))
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _epoch(moment: datetime) -> int:
    return max(0, int(moment.replace(tzinfo=UTC).timestamp()))
