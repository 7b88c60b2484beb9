"""Completeness gates: run what `expectations/` asks for, record what was found, stop what is not good enough.

By hand: `customer360 check raw` before a build, `customer360 check publication` before publishing.

A check opens the warehouse read-only beside an in-memory DuckDB that lays out what expectations look at: `raw` (the
latest version of every record, blank text as null), the warehouse's `marts`, `identity`, `intermediate` and `ops`, and
`facts` (as-of date, deliveries, closed days, the current publication's row counts). Great Expectations pushes every
expectation down into it; no table is read into Python.

An expectation that fails stops the run (IncompleteError), unless exceptions.csv accepts it by name, with a reason and
an end date. One that could not be carried out is `crashed` and says nothing about the data (CheckCrashedError).
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

from customer360.build import as_of_date
from customer360.config import Settings, library_environment
from customer360.errors import BuildError, CheckCrashedError, IncompleteError
from customer360.foreign_errors import said_by
from customer360.quality_report import write_report
from customer360.sources import versions
from customer360.sources.contract import PULLS, TABLES
from customer360.suites import (
    STAGES,
    AcceptedException,
    Suite,
    check_name,
    load_suites,
    read_closed_days,
    read_exceptions,
)
from customer360.warehouse import utc_now, writer_lock, writing

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

LINES_ON_SCREEN = 18
COMPARISONS_KEPT = 20
TOO_MANY_MOVED = (
    "Look at who changed (`customer360 identity changes`). If it is right, `customer360 identity accept-changes "
    "--why TEXT`, then check and publish again; if not, mend what made it, or `customer360 identity unlink` or `link`."
)
BUILT_SCHEMAS = ("marts", "identity", "intermediate", "ops")


@dataclass(frozen=True)
class Result:
    """One row of ops.completeness_results."""

    stage: str
    check_name: str
    source_system: str | None
    table_name: str | None
    column_name: str | None
    status: str  # passed, warning, accepted, failed, crashed
    observed: float | None
    expected: float | None
    missing: float | None
    message: str
    sample_size: int | None = None  # of learned expectations: how many days, rows or gaps the expectation stands on
    tolerated: float | None = None


def check(settings: Settings, *, run_id: str, stage: str) -> list[Result]:
    """Check completeness at `raw` or `publication`; the results are in ops.completeness_results and the quality report.

    Raises IncompleteError when data is missing, CheckCrashedError when a check could not be carried out and none
    failed, SettingError for a company's thresholds or exceptions that cannot be read.
    """
    if stage not in STAGES:
        raise ValueError(f"stage must be one of {STAGES}")
    with writing(settings, f"prepare check of {stage}"):
        pass  # a warehouse that nothing was ever pulled into has its tables, and they are empty
    checked_at = utc_now()
    with writer_lock(settings, f"check {stage}", wait_seconds=600), _laid_out(settings, stage) as (connection, as_of):
        results = _run(connection, settings, stage)
    results = _accept(results, read_exceptions(settings), as_of)
    with writing(settings, f"record check of {stage}") as connection:
        connection.execute("begin")  # half of the results would look like a check that passed
        connection.executemany(
            f"insert into ops.completeness_results values ({', '.join('?' * (2 + len(fields(Result))))})",
            [(run_id, checked_at, *vars(result).values()) for result in results],
        )
        connection.execute("commit")
        write_report(connection, settings)
    if any(result.status == "failed" for result in results):
        raise IncompleteError(_one_screen(settings, stage, results))
    if any(result.status == "crashed" for result in results):
        raise CheckCrashedError(_one_screen(settings, stage, results))
    return results


# ---- what is looked at
# -------------------------------------------------------------------------------------------------


@contextmanager
def _laid_out(settings: Settings, stage: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, date | None]]:
    """An in-memory DuckDB with the warehouse attached read-only and laid out for expectations; and the as-of date."""
    connection = duckdb.connect(
        config={"memory_limit": settings.memory_limit, "temp_directory": str(settings.home / "spill")}
    )
    try:
        path = str(settings.warehouse).replace("'", "''")
        connection.execute(f"attach '{path}' as warehouse (read_only)")
        for schema in ("raw", "facts", *BUILT_SCHEMAS):
            connection.execute(f"create schema {schema}")
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'warehouse' "
            "and list_contains($schemas, table_schema)",
            {"schemas": BUILT_SCHEMAS if stage == "publication" else ["ops"]},
        ).fetchall():
            with suppress(duckdb.CatalogException):  # a view of a killed build: what it reads is not there
                connection.execute(f'create view {schema}."{name}" as select * from warehouse.{schema}."{name}"')
        _lay_out_raw(connection, stage)
        as_of = _lay_out_facts(connection, settings)
        yield connection, as_of
    finally:
        connection.close()


def _lay_out_raw(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    """Views of the latest version of every record that its source still has; before publication, only of the loads the
    build has seen.
    """
    connection.execute(
        """
        create table facts.loads_not_built as
        select distinct load_id from warehouse.ops.loads
        where $stage = 'publication' and ended_at > (
            select max(finished_at) from warehouse.ops.model_runs where resource_type = 'build' and status = 'success')
        """,
        {"stage": stage},
    )
    (late,) = connection.execute("select count(*) from facts.loads_not_built").fetchone()
    seen = "_load_id not in (select load_id from facts.loads_not_built)" if late else "true"
    for table in TABLES.values():
        raw = f"warehouse.raw.{table.raw_name}"
        connection.execute(f"create table facts.superseded_{table.raw_name} as {versions.superseded(table, raw, seen)}")
        (superseded,) = connection.execute(f"select count(*) from facts.superseded_{table.raw_name}").fetchone()
        latest = f"rowid not in (select row_number from facts.superseded_{table.raw_name})" if superseded else "true"
        texts = [column.name for column in table.columns if column.type == "text"]
        blanks = ", ".join(f'nullif(trim("{name}"), \'\') as "{name}"' for name in texts)
        connection.execute(
            f"create view raw.{table.raw_name} as select * replace ({blanks}) from {raw} where {seen} and {latest}"
        )


def _lay_out_facts(connection: duckdb.DuckDBPyConnection, settings: Settings) -> date | None:
    try:
        as_of = as_of_date(connection, settings)
    except BuildError:
        as_of = None  # nothing was ever loaded: the source checks say so
    connection.execute("create table facts.as_of (as_of_date date)")
    connection.execute("insert into facts.as_of values (?)", [as_of])

    connection.execute(
        "create table facts.deliveries (source_system varchar, table_name varchar, source_count bigint, "
        "quarantined bigint, last_status varchar, erased bigint)"
    )
    for table in TABLES.values():
        connection.execute(
            f"""
            insert into facts.deliveries
            with loads as (
                select * from warehouse.ops.loads where source_system = $source and source_table = $table
            ),
            quarantined as (
                select distinct coalesce(source_record_id, concat(load_id, source_file, source_row))
                from warehouse.ops.quarantine
                where source_system = $source and source_table = $table and replayed_at is null
                    and (source_record_id is null
                        or source_record_id not in (select "{table.key}" from warehouse.raw.{table.raw_name}))
            )
            select $source, $raw_name,
                (select max_by(source_count, ended_at) from loads where status = 'succeeded'),
                (select count(*) from quarantined), (select max_by(status, ended_at) from loads),
                (select count(distinct fingerprint) from warehouse.ops.erased_records where raw_table = $raw_name
                    and fingerprint not in (
                        select fingerprint from warehouse.ops.erased_records where raw_table = $raw_name and is_kept))
            """,
            {"source": table.source, "table": table.name, "raw_name": table.raw_name},
        )
    counts = [(table.source, f"(select count(*) > 0 from warehouse.raw.{table.raw_name})") for table in TABLES.values()]
    has_rows = " union all ".join(
        f"select '{source}' as source_system, {query}::int as has_rows" for source, query in counts
    )
    connection.execute(
        "create table facts.sources as "
        f"select source_system, sum(has_rows) as tables_with_rows from ({has_rows}) group by all"
    )

    connection.execute("create table facts.closed_days (table_name varchar, closed_on date)")
    for name, first, last in read_closed_days(settings):
        connection.execute(
            "insert into facts.closed_days "
            "select $name, unnest(generate_series($first::timestamp, $last::timestamp, interval 1 day))",
            {"name": name.removeprefix("raw."), "first": first, "last": last},
        )

    connection.execute("create table facts.last_publication (table_name varchar, row_count bigint)")
    manifest = settings.published / "current" / "manifest.json"
    if manifest.exists():
        counts = json.loads(manifest.read_text(encoding="utf-8"))["row_counts"]
        connection.executemany("insert into facts.last_publication values (?, ?)", list(counts.items()))
    return as_of


# ---- how it is run
# -----------------------------------------------------------------------------------------------------


def _run(connection: duckdb.DuckDBPyConnection, settings: Settings, stage: str) -> list[Result]:
    # Great Expectations would otherwise report its use over the network.
    with library_environment(GX_ANALYTICS_ENABLED="false"), _quiet():
        import great_expectations as gx  # imported here: it takes seconds

        from customer360.duckdb_dialect import URL, engine_arguments

        suites = [suite for suite in load_suites(settings) if suite.stage == stage]
        if stage == "raw":
            from customer360.completeness import recent

            recent.lay_out(connection, settings, suites)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_sql("warehouse", connection_string=URL, kwargs=engine_arguments(connection))
        return [result for suite in suites for result in _run_suite(connection, source, suite)]


def _run_suite(connection: duckdb.DuckDBPyConnection, source: Any, suite: Suite) -> list[Result]:
    import great_expectations as gx

    schema, name = suite.table.split(".")
    exists = connection.execute(
        "select 1 from information_schema.tables "
        "where table_catalog = 'memory' and table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    if not exists:
        message = (
            f"{suite.table} does not exist. Run `customer360 build`; if the model was removed, remove its expectations."
        )
        return [_result(suite, "exists", "failed", message=message, observed=0, expected=1, missing=1)]
    try:
        asset = source.add_table_asset(suite.name, table_name=name, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        numbered = [e.copy(update={"meta": {"number": number}}) for number, e in enumerate(suite.expectations)]
        validation = batch.validate(
            gx.ExpectationSuite(name=suite.name, expectations=numbered),
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
    except Exception as error:  # whatever broke, it is the check that broke
        return [_result(suite, "check", "crashed", message=f"{suite.table} could not be checked: {_short(error)}")]
    results = []
    for outcome in validation.results:  # in an order of Great Expectations' own
        expectation = suite.expectations[outcome.expectation_config.meta["number"]]
        for result in _results(suite, expectation, outcome):
            note = f" ({expectation.notes})" if expectation.notes else ""  # what thresholds.csv changed, and why
            results.append(replace(result, message=result.message + note))
    return results


def _results(suite: Suite, expectation: Expectation, outcome: Any) -> list[Result]:
    """Great Expectations' outcome of one expectation, as rows for ops."""
    name, column = check_name(expectation), getattr(expectation, "column", None)
    crash = _crash(outcome.exception_info)
    if crash:
        message = f"{name} of {suite.table}{f'.{column}' if column else ''} could not be checked: {crash}"
        return [_result(suite, name, "crashed", column, message)]
    found = outcome.result
    worst = "warning" if str(getattr(expectation.severity, "value", expectation.severity)) == "warning" else "failed"
    status = "passed" if outcome.success else worst
    if "details" in found and "comparisons" in found["details"]:
        return _compared(suite, expectation, found["details"]["comparisons"], worst)
    if name == "filled":
        rows, empty = found.get("element_count") or 0, found.get("unexpected_count") or 0
        filled, wanted = (rows - empty) / rows if rows else 1.0, float(expectation.mostly or 1)
        if not rows:
            return [_result(suite, name, "passed", column, "no rows to look at")]
        message = (
            f"{empty:,} of {rows:,} rows have no {column}" if empty else f"every one of {rows:,} rows has {column}"
        )
        message += f" ({filled:.2%} filled, at least {wanted:.2%} wanted)" if empty else ""
        return [_result(suite, name, status, column, message, filled, wanted, float(empty))]
    observed = found.get("observed_value")
    if name == "delivered":
        least = expectation.min_value or 0
        message = f"{observed:,} rows" if observed else "delivered nothing"
        message += f", at least {least:,} wanted" if observed and observed < least else ""
        return [_result(suite, name, status, column, message, observed, least, max(least - observed, 0))]
    unexpected = found.get("unexpected_count")
    message = expectation.description or name.replace("_", " ")
    if unexpected:
        message += f": not so in {unexpected:,} rows"
    figure = observed if isinstance(observed, int | float) else None
    return [_result(suite, name, status, column, message, figure, None, unexpected)]


def _compared(suite: Suite, expectation: Expectation, comparisons: list[dict], worst: str) -> list[Result]:
    from customer360.completeness import falls_short

    name, column = check_name(expectation), getattr(expectation, "column", None)
    if not comparisons:
        return [_result(suite, name, "passed", column, "nothing to compare yet")]
    results = []
    for comparison in sorted(comparisons, key=lambda row: -abs(row["missing"] or 0)):
        status = ("warning" if comparison.get("only_warns") else worst) if falls_short(comparison) else "passed"
        figures = [float(comparison[figure] or 0) for figure in ("observed", "expected", "missing")]
        message = _sentence(comparison["what"], *figures, is_limit=expectation.is_limit)
        result = _result(suite, name, status, comparison.get("column") or column, message, *figures)
        results.append(
            replace(
                result,
                source_system=comparison.get("source_system") or result.source_system,
                sample_size=comparison.get("sample_size"),
                tolerated=comparison["tolerated"],
            )
        )
    if len(results) > COMPARISONS_KEPT:
        rest = results[COMPARISONS_KEPT:]
        missing = sum(result.missing or 0 for result in rest)
        more = replace(
            results[-1], status=results[COMPARISONS_KEPT].status, observed=None, expected=None, missing=missing
        )
        results = [
            *results[:COMPARISONS_KEPT],
            replace(more, message=f"and {len(rest)} more, {_figure(missing)} missing"),
        ]
    return results


def _sentence(what: str, observed: float, expected: float, missing: float, *, is_limit: bool) -> str:
    if is_limit:
        return f"{what}: {_figure(observed)}, at most {_figure(expected)} wanted"
    if missing > 0:
        return f"{what}: {_figure(observed)} of {_figure(expected)}, {_figure(missing)} missing"
    if missing < 0:
        return f"{what}: {_figure(observed)} where {_figure(expected)} should be, {_figure(-missing)} too much"
    return f"{what}: {_figure(observed)} of {_figure(expected)}"


def _result(
    suite: Suite,
    name: str,
    status: str,
    column: str | None = None,
    message: str = "",
    observed: float | None = None,
    expected: float | None = None,
    missing: float | None = None,
) -> Result:
    table = TABLES.get(suite.table.removeprefix("raw."))
    source = table.source if table else None
    table_name = None if suite.table.startswith("facts.") else suite.table
    return Result(suite.stage, name, source, table_name, column, status, observed, expected, missing, message)


def _crash(exception_info: dict | None) -> str | None:
    """The exception inside an outcome, which Great Expectations nests by metric or not at all."""
    info = exception_info or {}
    for entry in [info, *(value for value in info.values() if isinstance(value, dict))]:
        if entry.get("raised_exception"):
            return _short(entry.get("exception_message"))
    return None


def _short(error: BaseException | str | None) -> str:
    return said_by(error)[:200] if error else "no message"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations logs every failed metric with its traceback; the results already carry the message.

    Some of its loggers set a level of their own, so that the level of their parent does not quieten them.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


# ---- what is said
# ------------------------------------------------------------------------------------------------------


def _accept(results: list[Result], exceptions: list[AcceptedException], as_of: date | None) -> list[Result]:
    """Failures that a stated exception covers become `accepted`; one that has ended no longer covers, and says so."""
    accepted = []
    for result in results:
        covering = [e for e in exceptions if _covers(e, result)] if result.status in ("failed", "warning") else []
        valid = [e for e in covering if as_of is None or as_of <= e.until]
        if valid:
            note = f". Accepted until {valid[0].until} as “{valid[0].name}”: {valid[0].reason}"
            result = replace(result, status="accepted", message=result.message + note)
        elif covering:
            note = f". The exception “{covering[0].name}” ended on {covering[0].until}"
            result = replace(result, message=result.message + note)
        accepted.append(result)
    return accepted


def _covers(exception: AcceptedException, result: Result) -> bool:
    table = result.table_name or result.source_system
    return exception.covers(stage=result.stage, check=result.check_name, table=table, column=result.column_name)


def _one_screen(settings: Settings, stage: str, results: list[Result]) -> str:
    """What is missing, where, how much, and what to do."""
    failed = [result for result in results if result.status == "failed"]
    crashed = [result for result in results if result.status == "crashed"]
    silent = {result.source_system for result in failed if result.check_name == "source_delivered"}
    absent = [result.table_name.removeprefix("marts.") for result in failed if result.check_name == "exists"]
    lines = [f"marts that do not exist: {', '.join(absent)}"] if absent else []
    for result in failed:
        if result.check_name == "source_delivered":
            lines.append(_silent_source(result.source_system))
        elif result.check_name != "exists" and result.source_system not in silent:
            where = result.table_name or result.source_system or stage
            column = f".{result.column_name}" if result.column_name else ""
            lines.append(f"{where}{column} ({result.check_name}): {result.message}")
    crashes = [f"crashed: {result.message}" for result in crashed]
    shown = (lines + crashes)[:LINES_ON_SCREEN]
    more = len(lines) + len(crashes) - len(shown)
    if failed:
        head = f"The data is not complete enough ({stage}): {len(failed)} of {len(results)} checks failed"
        head += f", {len(crashed)} could not be carried out." if crashed else "."
    else:
        head = f"{len(crashed)} of {len(results)} checks of {stage} could not be carried out. "
        head += "This says nothing about the data."
    what_to_do = {
        "raw": "Pull the source again (`customer360 pull orders|tickets|members`), or mend it there.",
        "publication": "Build again (`customer360 build --full-refresh`); if it stays, a model loses or doubles rows.",
    }[stage]
    if failed and all(result.check_name == "few_moved" for result in failed):
        what_to_do = TOO_MANY_MOVED
    elif any(result.check_name == "few_moved" for result in failed):
        what_to_do += f" {TOO_MANY_MOVED}"
    return "\n".join(
        [
            head,
            *(f"  - {line}" for line in shown),
            *([f"  … and {more} more"] if more > 0 else []),
            "The last publication stays as it is.",
            f"What to do: {what_to_do}"
            if failed
            else "What to do: mend the check or the expectation that it names, then check again.",
            *(
                ["To accept a failure for a while, state it in exceptions.csv with a reason and an end date."]
                if failed
                else []
            ),
            f"Everything that was checked: {settings.quality_report}",
        ]
    )


def _silent_source(source: str | None) -> str:
    pull = next(name for name, tables in PULLS.items() if tables[0].source == source)
    variable = {"shop": "SHOP_URL", "helpdesk": "HELPDESK_URL", "membership": "MEMBERS_URL"}[source]
    return f"source {source} delivered nothing: is CUSTOMER360_{variable} set, and was `customer360 pull {pull}` run?"
