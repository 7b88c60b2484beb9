"""Put aside what does not fit, with its reason and the original record, and tell what fits after all when it is tried
again.

One row of ops.quarantine per value that does not fit, or per line that could not even be read; once, however often it
comes. A record that was replayed has `replayed_at`; if it comes again and does not fit again, it is put aside anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from customer360.sources import casting
from customer360.sources.casting import constant, literal, quoted
from customer360.sources.contract import Column, Table

# Clocks of two machines differ; a record may say it was updated this much later than now.
CLOCK_SKEW = timedelta(minutes=10)
# What a landed file may hold beside the source's own columns: where each row stood in the source; and of a replayed
# record also its original, and when it was put aside.
ORIGIN_COLUMNS = ("_source_file", "_source_row", "_record", "_refused_at")
# A row that could not even be read: (file, row number, reason, its text).
Unreadable = tuple[str, int, str, str]
# A column of the contract that was delivered: itself, its name and its DuckDB type at the source.
Present = tuple[Column, str, str]


@dataclass(frozen=True)
class Finding:
    """Rows for which `condition` holds have a value in `column` that does not fit; rejects: the row is not loaded."""

    column: str
    condition: str
    reason: str
    rejects: bool


def conditions(table: Table, present: list[Present], now: datetime) -> tuple[str, str]:
    """SQL over the converted rows: which rows cannot be loaded, and which have a value that cannot."""
    reject = [f"_c_updated_at > timestamp '{now + CLOCK_SKEW}'"]
    flag = []
    for column, name, native in present:
        value = f"_c_{column.name}"
        bad = f"({value} is null and {casting.given_expression(column, native, name)})"
        if not column.nullable:
            reject.append(f"{value} is null")
        elif casting.can_fail(column, native):
            (reject if column.required else flag).append(bad)
    return " or ".join(reject), " or ".join(flag) or "false"


def _findings(table: Table, present: list[Present], now: datetime) -> list[Finding]:
    findings = []
    for column, name, native in present:
        cast = casting.cast_expression(column, native, name, is_key=column.name == table.key)
        if not column.nullable:
            condition = f"({cast}) is null"
        elif casting.can_fail(column, native):
            condition = f"({cast}) is null and {casting.given_expression(column, native, name)}"
        else:
            continue
        is_key = column.name == table.key
        reason = "'is missing'" if is_key else casting.reason_expression(column, native, name)
        findings.append(Finding(column.name, condition, reason, column.required))
        if column.name == "updated_at":
            later = f"({cast}) > timestamp '{now + CLOCK_SKEW}'"
            findings.append(Finding(column.name, later, "'is later than the load'", True))
    return findings


def put_aside(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    landed: str,
    present: list[Present],
    delivered: dict[str, str],
    load_id: str,
    now: datetime,
    *,
    is_replay: bool = False,
) -> None:
    """Add what does not fit in the rows of `landed` (SQL) to ops.quarantine, and leave it in the temp table `refused`.

    Of a replayed record that still cannot be loaded nothing is added: it stays with the reasons it has.
    """
    names = [name for name in delivered if name not in ORIGIN_COLUMNS]
    record = "to_json({" + ", ".join(f"{literal(name)}: {quoted(name)}" for name in names) + "})::varchar"
    if "_record" in delivered:
        record = "_record"
    key_name = next(name for column, name, _ in present if column.name == table.key)
    origin = ", ".join(
        f"cast({quoted(name)} as {type_}) as {name}" if name in delivered else f"null::{type_} as {name}"
        for name, type_ in (("_source_file", "varchar"), ("_source_row", "bigint"))
    )
    refused = " union all ".join(
        f"""
        select distinct on (record_id, record, reason) {origin}, cast({quoted(key_name)} as varchar) as record_id,
            {literal(finding.column)} as column_name, {finding.reason} as reason, {record} as record,
            {finding.rejects} as rejects
        from {landed} where {finding.condition}
        """
        for finding in _findings(table, present, now)
    )
    connection.execute(f"create or replace temp table refused as {refused}")
    known = "known.column_name = refused.column_name and known.reason = refused.reason"
    if is_replay:
        known = "(known.column_name = refused.column_name or record in (select record from refused where rejects))"
    connection.execute(
        f"""
        insert into ops.quarantine by name
        select $load_id as load_id, $now::timestamp as quarantined_at, $source as source_system,
            $table as source_table, _source_file as source_file, _source_row as source_row,
            record_id as source_record_id, column_name, reason, record
        from refused
        where not exists (
            select 1 from ops.quarantine as known
            where known.source_system = $source and known.source_table = $table and known.replayed_at is null
                and known.record = refused.record and {known}
        )
        """,
        {"load_id": load_id, "now": now, "source": table.source, "table": table.name},
    )


def put_aside_unreadable(
    connection: duckdb.DuckDBPyConnection, table: Table, load_id: str, rows: Sequence[Unreadable], now: datetime
) -> None:
    """Put (file, row, reason, text of the row) of rows that could not even be read into ops.quarantine, once each."""
    if not rows:
        return
    files, numbers, reasons, records = (list(values) for values in zip(*rows, strict=True))
    connection.execute(
        """
        insert into ops.quarantine by name
        with unreadable as (
            select unnest($files) as source_file, unnest($rows) as source_row, unnest($reasons) as reason,
                unnest($records) as record
        )
        select distinct $load_id as load_id, $now as quarantined_at, $source as source_system, $table as source_table,
            source_file, source_row, reason, record
        from unreadable
        where not exists (
            select 1 from ops.quarantine as known
            where known.source_system = $source and known.source_table = $table and known.replayed_at is null
                and known.source_file = unreadable.source_file and known.source_row = unreadable.source_row
                and known.record = unreadable.record
        )
        """,
        {
            "load_id": load_id,
            "now": now,
            "source": table.source,
            "table": table.name,
            "files": files,
            "rows": numbers,
            "reasons": reasons,
            "records": records,
        },
    )


def drop_outdated(connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str]) -> None:
    """Take out of `incoming` the replayed records that raw knows better.

    A version of a record that raw has already may have its empty columns filled by a replay, no more: what stands there
    came later or was read rightly. Nor does a replay touch what the source said since, or what is deleted there.
    """
    key, raw_table = quoted(table.key), f"raw.{table.raw_name}"
    others = [column for column in columns if column not in (key, '"updated_at"')]
    differs = " or ".join(f"known.{column} is distinct from incoming.{column}" for column in others) or "false"
    contradicts = (
        " or ".join(f"(known.{c} is not null and known.{c} is distinct from incoming.{c})" for c in others) or "false"
    )
    connection.execute(f"""
        delete from incoming where rowid in (
            select incoming.rowid
            from incoming
            join (
                select * from {raw_table} where {key} in (select {key} from incoming)
                qualify row_number() over (partition by {key}, updated_at order by _loaded_at desc) = 1
            ) as known on known.{key} = incoming.{key} and known.updated_at = incoming.updated_at
            where known._loaded_at > incoming._refused_at or {contradicts} or not ({differs})
        ) or exists (
            select 1 from {raw_table} as gone
            where gone.{key} = incoming.{key} and gone._deleted_noticed_at > incoming._refused_at
        )
    """)


def mark_replayed(
    connection: duckdb.DuckDBPyConnection, table: Table, landed: str, load_id: str, now: datetime
) -> None:
    """Close what was put aside of the records in `landed` and fits now; `refused` tells what still does not."""
    connection.execute(f"""
        update ops.quarantine as tried set replayed_at = {constant(now)}, replay_load_id = {constant(load_id)}
        where replayed_at is null
            and source_system = {constant(table.source)} and source_table = {constant(table.name)}
            and record in (select _record from {landed})
            and record not in (select record from refused where rejects)
            and not exists (
                select 1 from refused
                where refused.record = tried.record and refused.column_name is not distinct from tried.column_name
            )
    """)
