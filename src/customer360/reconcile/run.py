"""The order of a reconciliation: table by table, read, compare, look again, judge and mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import duckdb

from customer360.config import Settings
from customer360.errors import ReconciliationError, SourceError, one_source_error
from customer360.reconcile import comparison
from customer360.reconcile.comparison import Compared, Period
from customer360.reconcile.digests import shape_of
from customer360.reconcile.files import HelpdeskFiles, MemberFiles
from customer360.reconcile.helpdesk import Tickets
from customer360.reconcile.judgement import Evidence
from customer360.reconcile.repair import Case, Difference, record, repair, report
from customer360.reconcile.shop import Shop
from customer360.sources import raw, ticket_files
from customer360.sources.contract import PULLS, Table
from customer360.sources.landing import Progress, clear_errors, landing_folder
from customer360.warehouse import reading, utc_now, writing

# Rows that change while the comparison runs, or whose transaction is still open, are left to the next one.
LAG = timedelta(minutes=10)


class Side(Protocol):
    """A source as a reconciliation sees it. is_state: it holds one current row per record, and no others."""

    is_state: bool
    scratch: duckdb.DuckDBPyConnection

    def relation(self, table: Table, period: Period) -> tuple[str, dict[str, str]] | None:
        """What to read of a table, and its columns with their DuckDB types; None where there is nothing to read."""

    def read(self, statement: str) -> None: ...

    def evidence(self, table: Table, candidates: list[tuple[str, str | None]]) -> Evidence:
        """All there is of some records, given as (key, the key as the source writes it)."""

    def source_count(self, table: Table, watermark: datetime) -> int | None: ...


@dataclass(frozen=True)
class Outcome:
    """What a reconciliation found and did in one table."""

    table: Table
    compared: Compared
    differences: tuple[Difference, ...]
    rows_read_again: int
    message: str | None

    @property
    def left(self) -> int:
        return sum(difference.left for difference in self.differences)


def reconcile(
    settings: Settings,
    sources: Sequence[str] = tuple(PULLS),
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    report_only: bool = False,
    accept_deletions: bool = False,
    progress: Progress = print,
) -> list[Outcome]:
    """Compare sources with raw and mend what differs; the outcomes, one per table, are in ops.reconciliations.

    since, until: naive UTC, since < updated_at <= until. Raises SourceError when a table could not be compared and
    ReconciliationError when differences are left, each after everything else was done.
    """
    with writing(settings, "prepare reconciliation"):
        pass  # a warehouse of an older version gets the columns it lacks
    outcomes, problems = [], []
    for source in sources:
        with landing_folder(settings, f"reconcile-{source}") as folder:
            try:
                side = _side(settings, source, folder, progress)
            except SourceError as error:
                problems.append(error)
                continue
            cases = []
            for table, watermark in _pulled(settings, source):
                run = _Run(settings, side, folder, since, until, report_only, accept_deletions)
                try:
                    with clear_errors(settings):
                        case = run.reconcile(table, watermark, run_id)
                except SourceError as error:
                    problems.append(error)
                    progress(f"{table.source}.{table.name}: not compared. {error}")
                    continue
                if case:
                    cases.append(case)
                    outcomes.append(_outcome(case))
                    progress(in_words(outcomes[-1]))
            _record_equal(settings, source, [case for case in cases if not case.differences])
    if problems:
        raise one_source_error(problems)
    if left := [outcome for outcome in outcomes if outcome.left]:
        raise ReconciliationError(_what_is_left(left, report_only=report_only))
    return outcomes


def _side(settings: Settings, source: str, folder: Path, progress: Progress) -> Side:
    if source == "orders":
        return Shop(settings, folder, progress)
    if source == "members":
        return MemberFiles(settings, folder, progress)
    if ticket_files.is_folder(settings.required("helpdesk_url")):
        return HelpdeskFiles(settings, folder, progress)
    return Tickets(settings, folder, progress)


@dataclass
class _Run:
    settings: Settings
    side: Side
    folder: Path
    since: datetime | None
    until: datetime | None
    report_only: bool
    accept_deletions: bool

    def reconcile(self, table: Table, watermark: datetime, run_id: str | None) -> Case | None:
        """Reconcile one table; None where the source has nothing that could be compared."""
        started_at = utc_now()
        forgets = self.settings.keep_raw_days
        period = Period(
            self.since,
            min(filter(None, (watermark, started_at - LAG, self.until))),
            started_at - timedelta(days=forgets) if forgets else None,
        )
        source = self.side.relation(table, period)
        if source is None:
            return None
        relation, delivered = source
        shape, scratch = shape_of(table, delivered), self.side.scratch
        self.side.read(comparison.reading_source(shape, relation, started_at))
        comparison.read_raw(scratch, self.settings, shape, every_version=not self.side.is_state)
        compare = comparison.compare if self.side.is_state else comparison.compare_deliveries
        case = Case(table, run_id, started_at, period, self.side.is_state)
        case.compared = compare(scratch, period)
        (case.records,) = scratch.execute("select count(*) from ours").fetchone()
        candidates = scratch.execute(
            "select distinct candidates.key, source_key from candidates left join theirs using (key)"
        ).fetchall()
        if candidates:
            evidence = self.side.evidence(table, candidates)
            if self.report_only:
                report(self.settings, case, shape, evidence)
            else:
                case.source_count = self.side.source_count(table, watermark)
                repair(self.settings, case, shape, evidence, self.folder, accept=self.accept_deletions)
        return case


def _pulled(settings: Settings, source: str) -> list[tuple[Table, datetime]]:
    """The tables that were ever pulled, each with its watermark; of any other everything is new."""
    with reading(settings, f"look up the watermarks of {source}") as warehouse:
        positions = [(table, raw.position(warehouse, table)[0]) for table in PULLS[source]]
    return [(table, watermark) for table, watermark in positions if watermark is not None]


def _record_equal(settings: Settings, source: str, cases: list[Case]) -> None:
    """Record the tables in which nothing differs."""
    if cases:
        with writing(settings, f"record the reconciliation of {source}") as connection:
            for case in cases:
                record(connection, case)


def _outcome(case: Case) -> Outcome:
    return Outcome(case.table, case.compared, tuple(case.differences), case.rows_read_again, case.message)


def in_words(outcome: Outcome) -> str:
    """One line on one table."""
    found = [
        f"{each.found:,} {each.kind}" + (f" ({each.repaired:,} repaired)" if each.repaired else "")
        for each in outcome.differences
    ]
    said = ", ".join(found) or "no difference"
    more = f". {outcome.message}" if outcome.message else ""
    return f"{outcome.table.source}.{outcome.table.name}: {outcome.compared.rows:,} rows compared, {said}{more}"


def _what_is_left(left: list[Outcome], *, report_only: bool) -> str:
    lines = [f"  - {in_words(outcome)}" for outcome in left]
    what_to_do = (
        "Nothing was changed. Run again without --report-only to repair them."
        if report_only
        else "What was repaired is in raw; build and publish as usual. See ops.reconciliations and docs/runbook.md."
    )
    return "\n".join(["Source and raw differ:", *lines, what_to_do])
