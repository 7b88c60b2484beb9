"""Judge, mend and record the differences of one table: all of it in one transaction of raw's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from customer360 import erasure
from customer360.config import Settings
from customer360.reconcile.comparison import Compared, Period
from customer360.reconcile.digests import Shape
from customer360.reconcile.judgement import ACCOUNTED, Evidence, judge, landed
from customer360.sources import raw
from customer360.sources.casting import constant, literal
from customer360.sources.contract import Table
from customer360.warehouse import utc_now, writing

# A source that lost this much of a table at once was more likely emptied or restored by mistake: a person decides.
MOST_DELETED_SHARE, ALWAYS_ACCEPTED = 0.05, 20


NOTHING = Compared(0, 0, 0)


@dataclass(frozen=True)
class Difference:
    """One kind of difference in one table: how many records, how many of them were mended, on which days they are."""

    kind: str
    found: int
    repaired: int
    first_on: date | None
    last_on: date | None

    @property
    def left(self) -> int:
        return 0 if self.kind in ACCOUNTED else self.found - self.repaired


@dataclass
class Case:
    """One table's reconciliation while it goes on."""

    table: Table
    run_id: str | None
    started_at: datetime
    period: Period
    is_state: bool
    records: int = 0  # in raw
    source_count: int | None = None
    compared: Compared = NOTHING
    rows_read_again: int = 0
    marked_at: datetime | None = None
    differences: list[Difference] = field(default_factory=list)
    message: str | None = None


def repair(settings: Settings, case: Case, shape: Shape, evidence: Evidence, folder: Path, *, accept: bool) -> None:
    """Load what the source says now of each record that differs, and mark what it no longer has."""
    again = folder / f"{case.table.name}-again.parquet"

    def admit(connection: duckdb.DuckDBPyConnection) -> tuple[list[Path], list]:
        judge(connection, shape, evidence, case.period, is_state=case.is_state)
        _refuse_too_many_deletions(connection, case, accept=accept)
        _mark(connection, case)
        (case.rows_read_again,) = connection.execute("select count(file_row) from found").fetchone()
        if not case.rows_read_again:
            return [], []
        connection.execute(
            f"copy (select * exclude (file_row) from {landed(evidence.files)} "
            f"where file_row in (select file_row from found)) to {literal(str(again))} (format parquet)"
        )
        return [again], []

    def also(connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
        _count(connection, case)
        if case.differences:
            record(connection, case)
        connection.execute(
            f"update raw.{case.table.raw_name} set _load_id = {literal(load_id)} "
            f"where _deleted_noticed_at = {constant(case.marked_at)}"
        )
        if connection.execute("select 1 from found where ours_row is not null limit 1").fetchone():
            # What incremental models made of these records before has to go: the next build makes them anew.
            connection.execute("delete from ops.model_versions")

    delivery = raw.Delivery(
        case.table,
        run_id=case.run_id,
        started_at=case.started_at,
        source_count=case.source_count,
        counts_keys=not case.is_state,
        holds_watermark=True,
        message="reconciliation",
        admit=admit,
        also=also,
    )
    raw.write(settings, [delivery])
    again.unlink(missing_ok=True)


def report(settings: Settings, case: Case, shape: Shape, evidence: Evidence) -> None:
    """Judge and record only; nothing in raw changes."""
    with writing(settings, f"reconcile {case.table.raw_name}") as connection:
        connection.execute("set timezone = 'UTC'")
        erasure.prepare(settings, connection)
        connection.execute("begin")
        judge(connection, shape, evidence, case.period, is_state=case.is_state)
        connection.execute("update found set file_row = null, ours_row = null")
        _count(connection, case)
        connection.execute("rollback")
        if case.differences:
            record(connection, case)


def record(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """One row of ops.reconciliations per kind of difference, or one that says there is none."""
    now = utc_now()
    for each in case.differences or [Difference("none", 0, 0, None, None)]:
        row = [case.run_id, now, case.table.source, case.table.name, each.kind, each.found, each.repaired]
        row += [each.first_on and str(each.first_on), each.last_on and str(each.last_on)]
        row += [case.compared.rows, case.compared.blocks, case.compared.differing, case.rows_read_again]
        row += [(now - case.started_at).total_seconds(), case.message]
        connection.execute(f"insert into ops.reconciliations values ({', '.join(map(constant, row))})")


def _refuse_too_many_deletions(connection: duckdb.DuckDBPyConnection, case: Case, *, accept: bool) -> None:
    (gone,) = connection.execute("select count(*) from found where kind = 'deleted'").fetchone()
    if gone > max(ALWAYS_ACCEPTED, case.records * MOST_DELETED_SHARE) and not accept:
        connection.execute("update found set ours_row = null where kind = 'deleted'")
        case.message = (
            f"{gone:,} of {case.records:,} records are gone from the source, too many to be taken for deleted unasked: "
            "look at the source, then run again with --accept-deletions"
        )


def _mark(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """Append a version to each record that is gone, or that the source holds in an older version than raw."""
    case.marked_at = utc_now()
    now, relation = constant(case.marked_at), f"raw.{case.table.raw_name}"
    connection.execute(f"""
        insert into {relation}
        select * replace (
            {now} as _loaded_at, {now} as _deleted_noticed_at, hash(_row_hash, {now}) as _row_hash
        ) from {relation} where rowid in (select ours_row from found)
    """)


def _count(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    case.differences = [
        Difference(*row)
        for row in connection.execute("""
            select kind, count(*), count(*) filter (file_row is not null or ours_row is not null), min(day), max(day)
            from found group by kind order by kind
        """).fetchall()
    ]
