"""The quality report: one self-contained page that says what was checked, what was found and what is published.

It is written from ops alone, after every check, publication and rollback. It holds counts, dates and reasons: no
record, no personal data.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360.build import as_of_date
from customer360.config import Settings
from customer360.errors import BuildError
from customer360.personal_data import plain_names
from customer360.suites import read_exceptions
from customer360.warehouse import utc_now

# The worst first: a table, and a stage, are as good as their worst check.
STATUSES = ("failed", "crashed", "warning", "accepted", "passed")
STAGE_TITLES = {
    "raw": ("Delivered by the sources", "Checked before the marts are built."),
    "publication": ("Ready to be published", "Checked before BI tools see the marts."),
}
PUBLICATIONS_SHOWN = 20


@dataclass(frozen=True)
class Table:
    """The results of one table at one stage."""

    name: str
    results: list[dict]

    @property
    def status(self) -> str:
        return worst(self.results)

    @property
    def group(self) -> str:
        """The source system, or marts: what a reader looks for first."""
        return self.results[0]["source_system"] or "marts" if self.name != "sources" else "sources"

    @property
    def headline(self) -> str:
        """What is wrong, or how much there is."""
        first = self.results[0]
        if first["status"] != "passed":
            return first["message"]
        return next((result["message"] for result in self.results if result["check_name"] == "delivered"), "")


@dataclass(frozen=True)
class Stage:
    """The latest check of one stage; `checked_at` is None when there was none yet."""

    name: str
    checked_at: datetime | None
    run_id: str | None
    tables: list[Table]

    @property
    def title(self) -> str:
        return STAGE_TITLES[self.name][0]

    @property
    def subtitle(self) -> str:
        return STAGE_TITLES[self.name][1]

    @property
    def groups(self) -> list[tuple[str, list[Table]]]:
        names = dict.fromkeys(table.group for table in self.tables)
        return [(name, [table for table in self.tables if table.group == name]) for name in names]

    @property
    def results(self) -> list[dict]:
        return [result for table in self.tables for result in table.results]

    @property
    def status(self) -> str:
        return worst(self.results) if self.checked_at else "not checked"

    def count(self, status: str) -> int:
        return sum(result["status"] == status for result in self.results)


def worst(results: list[dict]) -> str:
    """The worst status among the results; `passed` when there is none."""
    found = {result["status"] for result in results}
    return next((status for status in STATUSES if status in found), "passed")


def write_report(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Write `settings.quality_report` from what ops holds now, in one step: a reader never sees half a page."""
    from jinja2 import Environment, PackageLoader, select_autoescape  # imported here: publishing has no need to wait

    environment = Environment(loader=PackageLoader("customer360", "."), autoescape=select_autoescape(["html"]))
    environment.filters["figure"] = figure
    environment.filters["moment"] = lambda value: f"{value:%Y-%m-%d %H:%M}" if value else "–"
    page = environment.get_template("quality_report.html").render(_facts(connection, settings))
    make_readable_folder(settings.quality_report.parent)
    aside = settings.quality_report.with_name(f".{settings.quality_report.name}.new")
    aside.write_text(page, encoding="utf-8")
    aside.chmod(0o644)
    os.replace(aside, settings.quality_report)


def make_readable_folder(folder: Path) -> None:
    """A folder of the home, and the one it is in, for all to read: under the writer's lock others come out private."""
    for each in (folder.parent, folder):
        if not each.exists():
            each.mkdir(parents=True)
            each.chmod(0o755)


def figure(value: Any) -> str:
    """A number as people read it: 1,234 or 0.95; an en dash for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0")


def _facts(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict:
    as_of = _as_of(connection, settings)
    stages = [_stage(connection, name) for name in STAGE_TITLES]
    publications = _rows(
        connection, f"select * from ops.publications order by publication_id desc limit {PUBLICATIONS_SHOWN}"
    )
    return {
        "written_at": utc_now(),
        "as_of": as_of,
        "stages": stages,
        "problems": [result for stage in stages for result in stage.results if result["status"] in STATUSES[:2]],
        "accepted": [result for stage in stages for result in stage.results if result["status"] == "accepted"],
        "exceptions": _exceptions(settings, stages, as_of),
        "loads": _loads(connection),
        "quarantine": _quarantine(connection),
        "publications": publications,
        "current": next((row for row in publications if row["is_current"]), None),
        "build": _last_build(connection),
    }


def _stage(connection: duckdb.DuckDBPyConnection, name: str) -> Stage:
    results = _rows(
        connection,
        """
        select * from ops.completeness_results
        where stage = $stage
            and checked_at = (select max(checked_at) from ops.completeness_results where stage = $stage)
        """,
        {"stage": name},
    )
    tables: dict[str, list[dict]] = {}
    for result in results:
        tables.setdefault(result["table_name"] or "sources", []).append(result)
    order = {status: rank for rank, status in enumerate(STATUSES)}
    for rows in tables.values():
        rows.sort(key=lambda row: (order[row["status"]], row["check_name"], row["column_name"] or ""))
    named = [Table(table, rows) for table, rows in tables.items()]
    named.sort(key=lambda table: (table.name != "sources", order[table.status], table.name))
    first = results[0] if results else {}
    return Stage(name, first.get("checked_at"), first.get("run_id"), named)


def _exceptions(settings: Settings, stages: list[Stage], as_of: date | None) -> list[dict]:
    """Every stated exception with what it does today: accepts something, is not needed, or has ended."""
    rows = []
    for exception in read_exceptions(settings):
        covered = [
            result
            for stage in stages
            for result in stage.results
            if exception.covers(
                stage=stage.name,
                check=result["check_name"],
                table=result["table_name"] or result["source_system"],
                column=result["column_name"],
            )
        ]
        if as_of and as_of > exception.until:
            state = "ended"
        else:
            state = "in use" if any(result["status"] == "accepted" for result in covered) else "not needed now"
        rows.append(vars(exception) | {"state": state})
    return rows


def _loads(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    return _rows(
        connection,
        f"""
        with loads as (
            select * replace (
                string_agg(new_columns, ', ') over (partition by source_system, source_table) as new_columns
            ) from ops.loads
        )
        select * exclude (message, cursor) replace ({plain_names("new_columns")} as new_columns) from loads
        qualify row_number() over (partition by source_system, source_table order by ended_at desc) = 1
        order by source_system, source_table
        """,
    )


def _quarantine(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    return _rows(
        connection,
        """
        select source_system, source_table, column_name, reason, count(*) as row_count, max(quarantined_at) as last_at
        from ops.quarantine where replayed_at is null
        group by all order by row_count desc, source_system, source_table, reason
        """,
    )


def _last_build(connection: duckdb.DuckDBPyConnection) -> dict | None:
    rows = _rows(
        connection, "select * from ops.model_runs where resource_type = 'build' order by finished_at desc limit 1"
    )
    return rows[0] if rows else None


def _as_of(connection: duckdb.DuckDBPyConnection, settings: Settings) -> date | None:
    try:
        return as_of_date(connection, settings)
    except BuildError:
        return None


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: dict | None = None) -> list[dict]:
    result = connection.execute(query, parameters or {})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
