"""The rows of the last weeks as they first came, laid out once for all learned expectations of a check.

`facts.recent_<table>` holds every record of the last weeks in its first version, with the day and hour it is about
(`_day`, `_hour`) and whether it came while that day was new (`_is_fresh`): an order of yesterday has no delivery date,
and must be compared with orders as they were on their first day, not with those of a month ago as they are now.
`facts.due` says up to which moment each table has to be complete. Only the last weeks are read, never all of raw.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customer360.config import Settings
from customer360.sources.contract import TABLES
from customer360.suites import Suite, read_holidays

if TYPE_CHECKING:
    import duckdb

WEEKS_KEPT = 14  # how many weeks of rows are laid out; no expectation can ask for more
DAILY_FILES = 7  # so many dated files in two weeks are one a day
GRACE = timedelta(hours=2)  # what happened this shortly before a pull need not be in it
LIVE = timedelta(days=2)  # a pull this shortly after the newest record is of a company at work, not of an old sample


def lay_out(connection: duckdb.DuckDBPyConnection, settings: Settings, suites: Sequence[Suite]) -> None:
    """Create facts.due, facts.holidays and, for each table that `usual` was written for, facts.recent_<table>."""
    from customer360.completeness.usual import ExpectLearned

    connection.execute("create table facts.due (table_name varchar, due_at timestamp)")
    connection.execute("create table facts.holidays (name varchar, day date, least_share double)")
    for name, first, last, share in read_holidays(settings):
        connection.execute(
            "insert into facts.holidays select $name, "
            "unnest(generate_series($first::timestamp, $last::timestamp, interval 1 day)), $share",
            {"name": name, "first": first, "last": last, "share": share},
        )
    days = {}
    for suite in suites:
        for expectation in suite.expectations:
            if isinstance(expectation, ExpectLearned):
                days[expectation.table] = expectation
    newest = max(filter(None, (_newest(connection, name) for name in TABLES)), default=None)
    if newest is None:
        return
    for expectation in sorted(days.values(), key=lambda expectation: expectation.parent):
        due = due_at(connection, settings, expectation, newest)
        connection.execute("insert into facts.due values (?, ?)", [expectation.table, due])
        if expectation.day:
            _lay_out_table(connection, expectation.table, expectation, due)


def _newest(connection: duckdb.DuckDBPyConnection, name: str) -> datetime | None:
    return connection.execute(f"select max(updated_at) from warehouse.raw.{name}").fetchone()[0]


def due_at(connection: duckdb.DuckDBPyConnection, settings: Settings, expectation, newest: datetime) -> datetime:
    """Up to when a table has to be complete: what was before the last pull that went through.

    A stated as-of date ends it at the end of that day. Without one, a company whose newest record is days older than
    the pull is a sample, or stands still: it is judged up to that record, and others say that nothing moves.
    """
    table = TABLES[expectation.table]
    (pulled,) = connection.execute(
        "select max(started_at) from warehouse.ops.loads where status = 'succeeded' "
        "and source_system = ? and source_table = ?",
        [table.source, table.name],
    ).fetchone()
    ends = [pulled - GRACE] if pulled else []
    if settings.as_of:
        ends.append(datetime.combine(settings.as_of, datetime.min.time()) + timedelta(days=1))
    elif not pulled or pulled - newest > LIVE:
        ends.append(newest)
    if table.source == "membership":
        ends.append(_delivered_to(connection, expectation) or newest)
    return min(ends) if ends else newest


def _delivered_to(connection: duckdb.DuckDBPyConnection, expectation) -> datetime | None:
    """Up to when the files of a table reach: the day of the newest where there is one a day, else the last row's day.

    That a file is missing is ExpectUsualFiles' to say; here it only must not look like a day without rows.
    """
    table = TABLES[expectation.table]
    last, recent_files = connection.execute(
        """
        with dated as (
            select distinct try_cast(regexp_extract(path, '(\\d{4}-\\d{2}-\\d{2})', 1) as date) as day
            from warehouse.ops.source_files where source_system = ? and source_table = ?
        )
        select max(day), count(*) filter (day > (select max(day) from dated) - 14) from dated
        """,
        [table.source, table.name],
    ).fetchone()
    if last and recent_files >= DAILY_FILES:
        return datetime.combine(last, datetime.min.time()) + timedelta(days=1)
    (newest,) = connection.execute(
        f'select max("{expectation.day or "updated_at"}")::date::timestamp from warehouse.raw.{expectation.table}'
    ).fetchone()
    return newest


def _lay_out_table(connection: duckdb.DuckDBPyConnection, name: str, expectation, due: datetime) -> None:
    table = TABLES[name]
    raw, since = f"warehouse.raw.{name}", due - timedelta(weeks=WEEKS_KEPT)
    day, join, orphan = f'record."{expectation.day}"', "", ""
    if expectation.parent:
        join = f'left join facts.recent_{expectation.parent} as parent on record."{expectation.link}" = parent._key'
        day = f"coalesce(parent._moment, record.{expectation.day})"
        known = f'select "{TABLES[expectation.parent].key}" from warehouse.raw.{expectation.parent}'
        orphan = f'and (parent._key is not null or record."{expectation.link}" not in ({known}))'
    texts = [column.name for column in table.columns if column.type == "text"]
    blanks = "replace (" + ", ".join(f'nullif(trim("{text}"), \'\') as "{text}"' for text in texts) + ")"
    connection.execute(
        f"""
        create table facts.recent_{name} as
        with first_versions as (
            select record.*, ({day})::timestamp as _moment, record."{table.key}" as _key,
                coalesce(run_id, record._load_id) as _run
            from {raw} as record
            left join warehouse.ops.loads as load
                on load.load_id = record._load_id and load.source_table = '{table.name}'
            {join}
            where record.updated_at >= $since and ({day}) >= $since {orphan}
            qualify row_number() over (
                partition by record."{table.key}" order by record._loaded_at, record.updated_at) = 1
        ),
        runs as (select _run, max(_moment)::date as newest_day from first_versions where _moment < $due group by _run)
        select first_versions.* {blanks}, _moment::date as _day, hour(_moment) as _hour,
            date_diff('day', _day, newest_day) <= 1 as _is_fresh
        from first_versions join runs using (_run)
        """,
        {"since": since, "due": due},
    )
