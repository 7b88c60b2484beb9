"""The private warehouse file: one writer at a time, its schemas, and the record of what ran.

DuckDB has one writing process. Whoever writes holds `warehouse.lock` for as long as the connection is open, no longer,
and the lock file says who that is. Readers of the published file never meet it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import platform
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.errors import Customer360Error, WarehouseBusyError, WarehouseDamagedError
from customer360.foreign_errors import unexpected
from customer360.sources.casting import constant
from customer360.sources.contract import SYSTEM_COLUMNS, TABLES
from customer360.sources.landing import clear_errors, is_disk_full
from customer360.unfinished import Run, left_behind, marked
from customer360.warehouse_file import damage_noticed, opened, put_in_place

SCHEMAS = ("raw", "staging", "identity", "intermediate", "marts", "ops")

# Columns that came later stand at the end, without `not null`: homes made before them get them by `alter table`.
OPS_TABLES = {
    "pipeline_runs": """
        run_id varchar primary key, command varchar not null, started_at timestamp not null, ended_at timestamp,
        status varchar not null, message varchar
    """,
    "loads": """
        load_id varchar not null, run_id varchar, source_system varchar not null, source_table varchar not null,
        started_at timestamp not null, ended_at timestamp not null, duration_seconds double not null,
        status varchar not null, rows_read bigint not null, rows_loaded bigint not null, rows_unchanged bigint not null,
        rows_quarantined bigint not null, source_count bigint, watermark_from timestamp, watermark timestamp,
        cursor varchar, new_columns varchar, message varchar, rows_withheld bigint default 0,
        primary key (load_id, source_table)
    """,
    "quarantine": """
        load_id varchar not null, quarantined_at timestamp not null, source_system varchar not null,
        source_table varchar not null, source_file varchar, source_row bigint, source_record_id varchar,
        column_name varchar, reason varchar not null, record varchar not null, replayed_at timestamp,
        replay_load_id varchar
    """,
    "source_files": """
        source_system varchar not null, source_table varchar not null, path varchar not null, version varchar not null,
        sha256 varchar not null, bytes bigint not null, rows bigint not null, load_id varchar not null,
        loaded_at timestamp not null, header varchar, primary key (path, sha256)
    """,
    "completeness_results": """
        run_id varchar not null, checked_at timestamp not null, stage varchar not null, check_name varchar not null,
        source_system varchar, table_name varchar, column_name varchar, status varchar not null,
        observed double, expected double, missing double, message varchar not null,
        sample_size bigint, tolerated double
    """,
    "publications": """
        publication_id varchar primary key, run_id varchar, published_at timestamp not null, as_of_date date not null,
        status varchar not null, customer_count bigint not null, order_count bigint not null,
        net_sales decimal(38, 4) not null, bytes bigint not null, sha256 varchar not null, is_current boolean not null
    """,
    "model_runs": """
        run_id varchar not null, finished_at timestamp not null, node_id varchar not null,
        resource_type varchar not null, status varchar not null, seconds double not null,
        rows_affected bigint, message varchar
    """,
    "model_versions": "model varchar primary key, digest varchar not null",
    # Tombstones of erased people: keyed fingerprints, and the pseudonym that stands for each in what is kept.
    "erasures": """
        erasure_id varchar not null, erased_at timestamp not null, kind varchar not null, fingerprint varchar not null,
        pseudonym varchar not null
    """,
    # What each reconciliation of a source table with raw found, one row per kind of difference, or `none`.
    "reconciliations": """
        run_id varchar, reconciled_at timestamp not null, source_system varchar not null, source_table varchar not null,
        kind varchar not null, found bigint not null, repaired bigint not null, first_on date, last_on date,
        rows_compared bigint not null, blocks_compared bigint not null, blocks_differing bigint not null,
        rows_read_again bigint not null, duration_seconds double not null, message varchar
    """,
    # The source records that erasures took away, or keep without the person, by fingerprint of their ids.
    "erased_records": "raw_table varchar not null, fingerprint varchar not null, is_kept boolean not null",
}

# What the identity models read beside the sources. Record keys and customer ids only; a reason is what somebody typed,
# and stays in the private warehouse.
IDENTITY_TABLES = {
    # What people decided; nothing is ever changed here, the latest decision on a pair of records is in force.
    "match_decisions": """
        decision_id varchar primary key, decided_at timestamp not null, decided_by varchar not null,
        decision varchar not null check (decision in ('link', 'unlink')),
        record_key_a varchar not null, record_key_b varchar not null, reason varchar not null,
        check (record_key_a < record_key_b)
    """,
    # Who was which customer in the publication that was current when the last build began.
    "published_assignments": """
        publication_id varchar not null, published_at timestamp not null, record_key varchar not null,
        customer_id varchar not null
    """,
    # Moves of records between customers that a person accepted for publication.
    "accepted_moves": """
        acceptance_id varchar not null, accepted_at timestamp not null, accepted_by varchar not null,
        reason varchar not null, record_key varchar not null, from_customer_id varchar not null,
        to_customer_id varchar not null
    """,
}


_not_before = datetime.min  # the newest record of the warehouse that was opened last, and which one that is
_opened_last: Path | None = None


def utc_now() -> datetime:
    """Now in UTC without a zone, as every timestamp in the warehouse is.

    Later than whatever the warehouse has on record, also when the machine's clock went back: which version of a record
    is the latest, which build and which check was the last, and what a model has not seen yet, goes by these times.
    """
    global _not_before
    now = datetime.now(UTC).replace(tzinfo=None)
    if now <= _not_before:
        now = _not_before = _not_before + timedelta(microseconds=1)
    return now


def _go_on_from(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Whatever is recorded from now on is later than what is on record."""
    global _not_before, _opened_last
    stamps = (("loads", "ended_at"), ("model_runs", "finished_at"), ("completeness_results", "checked_at"))
    newest = ", ".join(f"(select max({column}) from ops.{table})" for table, column in stamps)
    (found,) = connection.execute(f"select greatest({newest})").fetchone()
    given_out = _not_before if _opened_last == settings.warehouse else datetime.min
    _not_before, _opened_last = max(found or datetime.min, given_out), settings.warehouse


def versions() -> dict[str, str]:
    """The versions of what makes a warehouse and its publications."""
    packages = ("customer360", "duckdb", "dbt-core", "dbt-duckdb", "great-expectations")
    return {"python": platform.python_version(), **{package: metadata.version(package) for package in packages}}


def new_id(prefix: str) -> str:
    """A sortable id such as load_20260131T120000_1a2b3c4d."""
    return f"{prefix}_{utc_now():%Y%m%dT%H%M%S}_{uuid.uuid4().hex[:8]}"


@contextlib.contextmanager
def writer_lock(settings: Settings, purpose: str, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the warehouse's writer lock, or raise WarehouseBusyError naming the holder after `wait_seconds`.

    The lock is the kernel's (flock), so it dies with its process and a stale file never blocks anyone.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with open(settings.lock_file, "a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WarehouseBusyError(_busy_message(file)) from None
                time.sleep(0.2)
        file.seek(0)
        if file.read():  # whoever lets go empties it: the last holder was killed
            for spilled in (settings.home / f"{settings.warehouse.name}.tmp", settings.home / "spill"):
                shutil.rmtree(spilled, ignore_errors=True)
        file.truncate(0)
        json.dump({"pid": os.getpid(), "purpose": purpose, "since": utc_now().isoformat(timespec="seconds")}, file)
        file.flush()
        before = os.umask(0o077)  # the log, what is spilled, dbt's files: from the first byte for their owner only
        try:
            put_in_place(settings)  # if a restore was killed at its last step
            yield
        finally:
            os.umask(before)
            file.seek(0)
            file.truncate()


def _busy_message(file) -> str:
    file.seek(0)
    try:
        holder = json.load(file)
        who = f"process {holder['pid']} ({holder['purpose']}, since {holder['since']} UTC)"
    except (ValueError, KeyError):
        who = "another process"
    return f"The warehouse is being written by {who}. Run again when it has ended."


@contextlib.contextmanager
def writing(settings: Settings, purpose: str, *, wait_seconds: float = 600) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection to the warehouse, under the writer lock; every schema and table is in place."""
    with writer_lock(settings, purpose, wait_seconds=wait_seconds):
        connection = opened(settings)
        try:
            with damage_noticed(settings):
                create_tables(connection)
                _go_on_from(connection, settings)
                yield connection
        finally:
            connection.close()


@contextlib.contextmanager
def reading(settings: Settings, purpose: str, *, wait_seconds: float = 600) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the warehouse; takes the same lock, since DuckDB lets no one read beside a writer."""
    with writer_lock(settings, purpose, wait_seconds=wait_seconds):
        connection = opened(settings, read_only=True)
        try:
            with damage_noticed(settings):
                if _missing(connection):  # a first start, or its maker was killed
                    connection.close()
                    with contextlib.closing(opened(settings)) as maker:
                        create_tables(maker)
                    connection = opened(settings, read_only=True)
                yield connection
        finally:
            connection.close()


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas, and the raw, identity and ops tables and those of their columns that do not exist yet.

    All or nothing: a warehouse has either every table or, if its maker was killed, none.
    """
    if missing := _missing(connection):
        connection.begin()
        for statement in missing:
            connection.execute(statement)
        connection.commit()


def _missing(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The statements that create what does not exist yet."""
    schemas = {name for (name,) in connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database()"
    ).fetchall()}  # fmt: skip
    statements = [f"create schema {schema}" for schema in SCHEMAS if schema not in schemas]
    known: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name in ('raw', 'ops', 'identity')"
    ).fetchall():
        known.setdefault(table, set()).add(column)
    for table, definition in _definitions().items():
        if table not in known:
            statements.append(f"create table {table} ({definition})")
            continue
        for column, type_ in columns_of(definition).items():
            if column not in known[table]:
                statements.append(f'alter table {table} add column "{column}" {type_}')
    return statements


def _definitions() -> dict[str, str]:
    """What stands between the brackets of `create table`, of every table this module sees to."""
    raw = {
        f"raw.{table.raw_name}": ", ".join(
            f'"{name}" {type_}'
            for name, type_ in ({column.name: column.duckdb_type for column in table.columns} | SYSTEM_COLUMNS).items()
        )
        for table in TABLES.values()
    }
    ops = {f"ops.{name}": definition for name, definition in OPS_TABLES.items()}
    identity = {f"identity.{name}": definition for name, definition in IDENTITY_TABLES.items()}
    return raw | ops | identity


def columns_of(definition: str) -> dict[str, str]:
    """{column: type and default} of a table's definition; DuckDB cannot add a column that must not be null."""
    parts = re.split(r",(?![^(]*\))", definition)
    named = [part.split(maxsplit=1) for part in parts]
    return {name.strip('"'): rest.replace(" not null", "") for name, rest in named if name not in ("primary", "check")}


@contextlib.contextmanager
def recorded_run(settings: Settings, command: str, *, run_id: str | None = None) -> Iterator[str]:
    """Record a command in ops.pipeline_runs: its id is yielded, its end is written whether it succeeds or fails.

    One that was killed is recorded as `killed` by the next that ends, as is one that found the warehouse busy.

    A scheduler that runs a job step by step gives each step the same `run_id`: the row then tells of the last step, and
    keeps the time the first one started. An error nobody foresaw goes on as an UnexpectedError: what it says would
    otherwise stand in logs and tracebacks, with the values it quotes.
    """
    run = Run(run_id or new_id("run"), command, utc_now())
    with clear_errors(settings), marked(settings, run) as mark:
        status, message = "succeeded", None
        try:
            yield run.run_id
        except Exception as error:
            told = error if isinstance(error, Customer360Error) or is_disk_full(error) else unexpected(error)
            status, message = "failed", f"{type(told).__name__}: {told}"
            if told is error:
                raise
            raise told from None
        except BaseException as error:
            status, message = "failed", type(error).__name__
            raise
        finally:
            mark.write(replace(run, ended_at=utc_now(), status=status, message=message))
            with (
                contextlib.suppress(WarehouseBusyError, WarehouseDamagedError),  # then the next run records this one
                writing(settings, f"record {command}", wait_seconds=30) as connection,
            ):
                with left_behind(settings) as killed:
                    for each in killed:
                        logging.getLogger("customer360").warning(
                            "%s, begun at %s UTC, was killed: what it committed stays", each.command, each.started_at
                        )
                        _record_run(connection, each)
                _record_run(connection, mark.run)
                mark.remove()


def _record_run(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    connection.execute(
        f"""
        insert into ops.pipeline_runs values ({", ".join(map(constant, astuple(run)))})
        on conflict (run_id) do update set
            command = excluded.command, ended_at = excluded.ended_at, status = excluded.status,
            message = excluded.message
        """
    )
