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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.config import Settings
from customer360.errors import SourceError, one_source_error
from customer360.sources import raw, ticket_files
from customer360.sources.contract import PULLS, Table
from customer360.sources.helpdesk_api import LISTS, Helpdesk
from customer360.sources.landing import Progress, Ticker, landing_folder, say_loaded
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

# A rating that was offered is answered days later, and lists of ratings begin at the day they were created.
RATINGS_LAG = timedelta(days=30)
PAGES_PER_STEP = 20
SECONDS_PER_STEP = 30.0
BYTES_PER_STEP = 64 << 20


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
        self.started_at, self.records, self.pages, self.bytes = utc_now(), [], 0, 0
        number_of_loads = len(self.loads)
        last_commit, next_cursor = time.monotonic(), None
        try:
            for page in self.helpdesk.pages(self.table, self._start(watermark, cursor)):
                self.pages += 1
                self.bytes += page.bytes
                self.records += [record for record in page.records if self._is_wanted(record)]
                self.ticker.add(len(page.records))
                next_cursor = page.next_cursor
                if self.until is not None and page.records and all(map(self._is_later, page.records)):
                    break
                is_full = self.pages >= PAGES_PER_STEP or self.bytes >= BYTES_PER_STEP
                if is_full or time.monotonic() - last_commit >= SECONDS_PER_STEP:
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
            return {"start_time": str(epoch(self.since))}
        if cursor:
            return json.loads(cursor)
        if self.table.name == "satisfaction_ratings" and watermark:
            return {"start_time": str(epoch(watermark - RATINGS_LAG))}
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
            pq.write_table(as_table(self.table, self.records), file)
        is_list = self.table.name in LISTS
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
        self.started_at, self.records, self.pages, self.bytes = utc_now(), [], 0, 0


def as_table(table: Table, records: list[dict]) -> pa.Table:
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
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of an emoji that was cut in two
        return text.encode(errors="replace").decode()
    return text


def _moment(record: dict) -> datetime | None:
    """When a record changed, naive UTC."""
    try:
        moment = datetime.fromisoformat(str(record.get("updated_at") or record.get("created_at")))
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):  # no time at all, or in the year 1 or 9999
        return None


def epoch(moment: datetime) -> int:
    return max(0, int(moment.replace(tzinfo=UTC).timestamp()))
