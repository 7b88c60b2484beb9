"""Publication: an immutable version built aside, made current in one step, kept for rollback.

By hand: `customer360 publish`, `customer360 publish --rollback [--to ID]`.

    published/
      current -> versions/publication_…         the one symlink that changes
      customer_360.duckdb -> current/customer_360.duckdb       fixed names for BI tools, never touched again
      parquet -> current/parquet    restricted -> current/restricted    manifest.json -> current/manifest.json
      versions/publication_…/                   customer_360.duckdb, parquet/, restricted/ (0700), manifest.json

Everything a reader can open hangs on `current`, so the DuckDB file, the Parquet files and the contacts always change
together. Which publication is current is what that link says; ops.publications follows it, and a run that finds the two
apart (another was killed between them) puts ops right and removes what was left behind.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from customer360 import classification, delays, personal_data
from customer360.build import project_folder, require_finished_build
from customer360.config import Settings
from customer360.durable import flush, flush_all, sha256
from customer360.errors import PublicationError
from customer360.foreign_errors import said_by
from customer360.quality_report import make_readable_folder, write_report
from customer360.sources.casting import literal
from customer360.sources.versions import deletions
from customer360.unfinished import left_behind
from customer360.warehouse import utc_now, versions, writing

ID_FORMAT = "publication_%Y%m%dT%H%M%S_%f"
FIXED_NAMES = ("customer_360.duckdb", "parquet", "restricted", "manifest.json")
# Names, e-mails, phones and addresses: table of the restricted file, where it comes from, and what it is sorted by.
CONTACTS = {
    "customer_contacts": ("intermediate.int_customer_contacts", "customer_id"),
    "customer_field_values": ("intermediate.int_field_values_survived", "customer_id, field, value_rank"),
    "organisation_contacts": ("identity.organisation_contacts", "customer_id, record_key, contact_record_key"),
    "marketing_contacts": ("intermediate.int_marketing_contacts", "channel, customer_id"),
}
REJECTED = "intermediate.int_rejected_records"

# Sorted for the look-ups people do: row groups then hold a narrow range of the key, and a look-up reads one or two of
# them.
SORT_KEYS = ("customer_id", "occurred_at", "ordered_at", "opened_at", "valid_from", "order_id", "ticket_id")

# The run's own records, without what could carry a source's data: error texts of databases, cursors, file names,
# records, and the names of columns that are no plain words.
OPS_PUBLISHED = {
    "pipeline_runs": "select run_id, command, started_at, ended_at, status from ops.pipeline_runs",
    "loads": f"""
        select * exclude (cursor, message) replace ({personal_data.plain_names("new_columns")} as new_columns)
        from ops.loads
    """,
    "completeness_results": "select * from ops.completeness_results",
    "model_runs": "select * exclude (message) from ops.model_runs",
    "rejected_records": f"select source_system, source_table, source_record_id, reason from {REJECTED}",
    "reconciliations": "select * exclude (message) from ops.reconciliations",
    "source_deletions": deletions(),
    "quarantine_counts": """
        select source_system, source_table, column_name, reason, count(*) as row_count,
            min(quarantined_at) as first_quarantined_at, max(quarantined_at) as last_quarantined_at
        from ops.quarantine where replayed_at is null group by all
    """,
}


@dataclass(frozen=True)
class Publication:
    """What was published: how many customers and orders, how much money, where."""

    publication_id: str
    published_at: datetime
    as_of: date
    customer_count: int
    order_count: int
    net_sales: Decimal
    folder: Path


def publish(settings: Settings, *, run_id: str) -> Publication:
    """Publish the marts that the last build made and the last check passed.

    Raises BuildError when the last build did not end well, PublicationError when the marts were not checked since or
    did not pass, hold personal data, or cannot be written. Whatever is raised, the current publication stays.
    """
    with writing(settings, "publish") as connection:
        _settle(connection, settings)
        build_run_id = _require_passed(connection)
        publication_id = _next_id(connection)
        building = settings.published / "versions" / f".building-{publication_id}"
        with _aside(building), _one_error(settings):
            manifest = _build_version(connection, settings, building, publication_id, run_id, build_run_id)
            version = building.with_name(publication_id)
            flush_all(building)
            _record_prepared(connection, manifest)
            os.rename(building, version)
            flush(version.parent)
            _make_current(settings, publication_id)
        _settle(connection, settings)
        prune(settings)
        write_report(connection, settings)
        return _publication(settings, publication_id)


def rollback(settings: Settings, *, run_id: str, to: str | None = None) -> Publication:
    """Make an earlier publication current again: the one before the current, or `to`.

    The publications it goes back over are marked `rolled back`; naming one with `to` brings it back.
    Raises PublicationError when there is none to go back to, or its files are not what its manifest says.
    """
    with writing(settings, "rollback") as connection:
        target = to or _unfinished_rollback(connection, settings)
        _settle(connection, settings)
        target = _rollback_target(connection, settings, target)
        with _one_error(settings):
            _require_intact(settings, target)
            _mark_rolled_back(connection, target)
            _make_current(settings, target)
        _settle(connection, settings)
        write_report(connection, settings)
        return _publication(settings, target)


def _unfinished_rollback(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """Where a rollback went that was killed after its one step: repeating it must not go back twice."""
    current = current_id(settings)
    over = "select 1 from ops.publications where status = 'rolled back' and publication_id > $current"
    if not current or not connection.execute(over, {"current": current}).fetchone():
        return None
    stepped_at = datetime.fromtimestamp((settings.published / "current").lstat().st_mtime, UTC).replace(tzinfo=None)
    with left_behind(settings, forget=False) as killed:
        return current if any("rollback" in run.command and run.started_at < stepped_at for run in killed) else None


def _mark_rolled_back(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    connection.execute(
        """
        update ops.publications
        set status = case when publication_id > $target then 'rolled back'
            when publication_id = $target then 'published' else status end
        """,
        {"target": target},
    )


def current_id(settings: Settings) -> str | None:
    """The id of the current publication, as readers see it; None when nothing is published."""
    link = settings.published / "current"
    return Path(os.readlink(link)).name if link.is_symlink() else None


def kept_ids(settings: Settings) -> list[str]:
    """The ids of the publications whose files are kept, oldest first."""
    return sorted(path.parent.name for path in settings.published.glob("versions/publication_*/manifest.json"))


def read_manifest(settings: Settings, publication_id: str) -> dict:
    """The manifest of one kept publication: its counts, files with bytes and SHA-256, and the versions that made it."""
    return json.loads((settings.published / "versions" / publication_id / "manifest.json").read_text(encoding="utf-8"))


def _next_id(connection: duckdb.DuckDBPyConnection) -> str:
    """An id that sorts after every earlier one, even when the clock went back: rollback goes by that order."""
    (newest,) = connection.execute("select max(publication_id) from ops.publications").fetchone()
    moment = utc_now()
    if newest and newest >= moment.strftime(ID_FORMAT):
        moment = datetime.strptime(newest, ID_FORMAT) + timedelta(microseconds=1)
    return moment.strftime(ID_FORMAT)


def _require_passed(connection: duckdb.DuckDBPyConnection) -> str:
    """The run_id of the build, if both gates passed and the marts were checked after they were built."""
    build_run_id = require_finished_build(connection)
    for stage, age_matters in (("raw", False), ("publication", True)):
        row = connection.execute(
            """
            with last_check as (
                select * from ops.completeness_results where stage = $stage
                    and checked_at = (select max(checked_at) from ops.completeness_results where stage = $stage)
            )
            select max(checked_at) >= (select max(finished_at) from ops.model_runs where resource_type = 'build'),
                count(*) filter (status = 'failed'), count(*) filter (status = 'crashed')
            from last_check having count(*) > 0
            """,
            {"stage": stage},
        ).fetchone()
        command = f"`customer360 check {stage}`"
        if row is None:
            raise PublicationError(f"The {stage} data was never checked for completeness. Run {command} first.")
        is_after_build, failed, crashed = row
        if failed or crashed:
            raise PublicationError(
                f"The last completeness check of {stage} did not pass ({failed} failed, {crashed} crashed): "
                f"nothing is published, the last publication stays. `customer360 check {stage}` says what is missing."
            )
        if age_matters and not is_after_build:
            raise PublicationError(
                f"The marts were built again after their last completeness check. Run {command} first."
            )
    return build_run_id


def _build_version(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    building: Path,
    publication_id: str,
    run_id: str,
    build_run_id: str,
) -> dict:
    """Write every file of one version into `building`; returns its manifest. DuckDB spills what memory cannot hold."""
    (building / "parquet").mkdir(parents=True)
    marts = _marts(connection)
    project = project_folder(settings.dbt_project)
    (database,) = connection.execute("select current_database()").fetchone()
    classification.require_publishable(classification.columns_of(connection, database, "marts"), project)
    if "customer_360" not in marts:
        raise PublicationError("marts.customer_360 does not exist. Run `customer360 build` first.")
    totals = _totals(connection)
    manifest = {
        "publication_id": publication_id,
        "run_id": run_id,
        "build_run_id": build_run_id,
        "published_at": utc_now().isoformat(timespec="microseconds"),
        **totals,
    }
    file = building / "customer_360.duckdb"
    connection.execute(f"attach {literal(str(file))} as published")
    try:
        manifest["row_counts"] = _write_marts(connection, marts)
        _write_ops(connection, manifest)
        classification.write(connection, "published", project)
        _write_parquet(connection, marts, building / "parquet")
    finally:
        connection.execute("detach published")  # checkpoints: one file, no log beside it
    _write_contacts(connection, building / "restricted")
    manifest["files"] = {
        str(path.relative_to(building)): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(building.rglob("*"))
        if path.is_file()
    }
    manifest["versions"] = versions()
    (building / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for path in (building, *building.rglob("*")):
        if "restricted" not in (path.name, path.parent.name):
            path.chmod(0o755 if path.is_dir() else 0o444)  # a version never changes, whoever opens it
    return manifest


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = current_database() and table_schema = 'marts' order by 1"
    ).fetchall()
    return [name for (name,) in rows]


def _totals(connection: duckdb.DuckDBPyConnection) -> dict:
    as_of, customers, net_sales = connection.execute(
        "select max(as_of_date), count(*), coalesce(sum(net_sales), 0) from marts.customer_360"
    ).fetchone()
    if as_of is None:
        raise PublicationError("marts.customer_360 is empty: there is nothing to publish.")
    (orders,) = connection.execute("select count(*) from marts.orders").fetchone()
    return {
        "as_of_date": as_of.isoformat(),
        "customer_count": customers,
        "order_count": orders,
        "net_sales": str(net_sales),
    }


def _write_marts(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> dict[str, int]:
    connection.execute("create schema published.marts")
    row_counts = {}
    for mart in marts:
        columns = [row[0] for row in connection.execute(f'describe marts."{mart}"').fetchall()]
        keys = [key for key in SORT_KEYS if key in columns] or columns[:1]
        connection.execute(
            f'create table published.marts."{mart}" as select * from marts."{mart}" order by {", ".join(keys)}'
        )
        (row_counts[mart],) = connection.execute(f'select count(*) from published.marts."{mart}"').fetchone()
        _copy_comments(connection, mart)
    return row_counts


def _copy_comments(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    """The descriptions dbt wrote on the mart and its columns, so that a BI tool shows them."""
    comments = connection.execute(
        """
        select null as column_name, comment from duckdb_tables()
        where database_name = current_database() and schema_name = 'marts' and table_name = $mart
            and comment is not null
        union all
        select column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = 'marts' and table_name = $mart
            and comment is not null
        """,
        {"mart": mart},
    ).fetchall()
    for column, comment in comments:
        what = f'column published.marts."{mart}"."{column}"' if column else f'table published.marts."{mart}"'
        connection.execute(f"comment on {what} is {literal(comment)}")


def _write_ops(connection: duckdb.DuckDBPyConnection, manifest: dict) -> None:
    connection.execute("create schema published.ops")
    published_at = datetime.fromisoformat(manifest["published_at"])
    for table, query in (OPS_PUBLISHED | {"source_delays": delays.query(published_at)}).items():
        connection.execute(f"create table published.ops.{table} as {query}")
    # The file cannot hold its own size and checksum: those are in the manifest beside it.
    connection.execute(
        """
        create table published.ops.publications as
        select * exclude (bytes, sha256, is_current), false as is_current from ops.publications
        """
    )
    connection.execute(
        "insert into published.ops.publications values (?, ?, ?, ?, 'published', ?, ?, ?, true)",
        [manifest[name] for name in ("publication_id", "run_id", "published_at", "as_of_date")]
        + [manifest[name] for name in ("customer_count", "order_count", "net_sales")],
    )


def _write_parquet(connection: duckdb.DuckDBPyConnection, marts: list[str], folder: Path) -> None:
    for mart in marts:
        target = literal(str(folder / f"{mart}.parquet"))
        connection.execute(f'copy published.marts."{mart}" to {target} (format parquet, compression zstd)')


def _write_contacts(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    file = folder / "customer_contacts.duckdb"
    connection.execute(f"attach {literal(str(file))} as contacts")
    try:
        for table, (source, keys) in CONTACTS.items():
            connection.execute(f"create table contacts.{table} as select * from {source} order by {keys}")
    finally:
        connection.execute("detach contacts")
    file.chmod(0o600)


def _record_prepared(connection: duckdb.DuckDBPyConnection, manifest: dict, status: str = "prepared") -> None:
    """Record a version before it becomes current, so that a crash in between is seen by the next run."""
    file = manifest["files"]["customer_360.duckdb"]
    connection.execute(
        "insert into ops.publications values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)",
        [manifest[name] for name in ("publication_id", "run_id", "published_at", "as_of_date")]
        + [status]
        + [manifest[name] for name in ("customer_count", "order_count", "net_sales")]
        + [file["bytes"], file["sha256"]],
    )


def _make_current(settings: Settings, publication_id: str) -> None:
    """The one step that readers see."""
    for name in FIXED_NAMES:
        if not (settings.published / name).is_symlink():
            _replace_link(settings.published / name, Path("current") / name)
    _replace_link(settings.published / "current", Path("versions") / publication_id)
    flush(settings.published)


def _replace_link(link: Path, target: Path) -> None:
    aside = link.with_name(f".{link.name}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    os.replace(aside, link)


def _settle(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make ops.publications and the folder agree with the `current` link, and remove what a killed run left behind."""
    versions = settings.published / "versions"
    make_readable_folder(versions)
    current = current_id(settings)
    for leftover in versions.glob(".building-*"):
        shutil.rmtree(leftover)
    known = dict(connection.execute("select publication_id, status from ops.publications").fetchall())
    for publication_id in kept_ids(settings):
        if known.get(publication_id) == "prepared" and publication_id != current:
            _remove_version(versions / publication_id)
        elif publication_id not in known:  # the warehouse was made anew: the kept publications are still good
            _record_prepared(connection, read_manifest(settings, publication_id), status="published")
    connection.execute(
        """
        update ops.publications set
            is_current = publication_id is not distinct from $current,
            status = case when publication_id = $current then 'published'
                when status = 'prepared' then 'abandoned' else status end
        """,
        {"current": current},
    )


def prune(settings: Settings) -> None:
    """Remove all but the newest publications; the current one stays whatever its age."""
    current = current_id(settings)
    for publication_id in kept_ids(settings)[: -settings.keep_publications]:
        if publication_id != current:
            _remove_version(settings.published / "versions" / publication_id)


def _remove_version(folder: Path) -> None:
    """Take a version away in one step (a rename), then its files: nobody sees half of it."""
    doomed = folder.with_name(f".building-removed-{folder.name}")
    os.rename(folder, doomed)
    shutil.rmtree(doomed)


def _rollback_target(connection: duckdb.DuckDBPyConnection, settings: Settings, to: str | None) -> str:
    current, kept = current_id(settings), kept_ids(settings)
    if to is not None:
        if to not in kept:
            raise PublicationError(f"{to} is not kept. Kept publications: {', '.join(kept) or 'none'}.")
        return to
    rows = connection.execute("select publication_id from ops.publications where status = 'published'").fetchall()
    published = {publication_id for (publication_id,) in rows}
    earlier = [
        publication_id for publication_id in kept if publication_id in published and publication_id < (current or "")
    ]
    if not earlier:
        raise PublicationError(f"There is no publication before the current one ({current or 'none'}) to go back to.")
    return earlier[-1]


def _require_intact(settings: Settings, publication_id: str) -> None:
    folder = settings.published / "versions" / publication_id
    for name, expected in read_manifest(settings, publication_id)["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != expected["bytes"] or sha256(path) != expected["sha256"]:
            raise PublicationError(
                f"{publication_id} cannot become current: its file {name} is not what its manifest says."
            )


def _publication(settings: Settings, publication_id: str) -> Publication:
    manifest = read_manifest(settings, publication_id)
    return Publication(
        publication_id=publication_id,
        published_at=datetime.fromisoformat(manifest["published_at"]),
        as_of=date.fromisoformat(manifest["as_of_date"]),
        customer_count=manifest["customer_count"],
        order_count=manifest["order_count"],
        net_sales=Decimal(manifest["net_sales"]),
        folder=settings.published / "versions" / publication_id,
    )


@contextmanager
def _aside(folder: Path) -> Iterator[None]:
    """Remove the half-built folder when building it fails."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _one_error(settings: Settings) -> Iterator[None]:
    """A full disk, a missing model or a folder that cannot be written, as one sentence."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise PublicationError(
            f"The publication could not be written to {settings.published}; the last one stays current. "
            f"{said_by(error)}"
        ) from None
