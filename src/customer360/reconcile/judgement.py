"""What is the matter with each record that differs, decided under the writer lock from what both sides say now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from customer360 import erasure
from customer360.reconcile import digests
from customer360.reconcile.comparison import Period
from customer360.reconcile.digests import Shape
from customer360.sources import versions
from customer360.sources.casting import constant, literal, quoted

# Kinds that a repair mends: it loads what the source says now, after a mark where raw believes something newer.
REPAIRED = {
    "missing": "not in raw, or not in this version",
    "altered": "other content, same updated_at",
    "moved": "raw has it with a later updated_at",
    "returned": "deleted once, and there again",
    "deleted": "gone from the source",
}
# Kinds that raw rightly does not hold, or not twice: told, not repaired.
ACCOUNTED = {
    "doubled": "two rows of one key in the source; raw holds the latest",
    "quarantined": "does not fit the contract, and is in quarantine",
}


@dataclass(frozen=True)
class Evidence:
    """What was read again of the records that differ.

    files: Parquet with every row the source has of them, as a pull would land it. present: records that are there
    although no row of them was read. fetched_at: before it was read; what raw got later is not judged.
    """

    files: list[Path]
    present: frozenset[str]
    fetched_at: datetime
    asked: list[str]


def judge(
    connection: duckdb.DuckDBPyConnection,
    shape: Shape,
    evidence: Evidence,
    period: Period,
    *,
    is_state: bool,
) -> None:
    """Make the temp table `found(key, kind, day, file_row, ours_row)`: one row per record and kind.

    file_row: the row of the evidence to load; ours_row: the version of raw that a mark takes back. is_state: the source
    holds one current row per record, so that a record that is gone is deleted; otherwise its rows are deliveries.
    """
    table = shape.table
    _lay_out_source(connection, shape, evidence)
    raw, key = f"raw.{table.raw_name}", quoted(table.key)
    connection.register("asked_rows", pa.table({"key": pa.array(sorted(set(evidence.asked)), pa.string())}))
    connection.execute("create or replace temp table asked as select key from asked_rows")
    connection.unregister("asked_rows")
    connection.execute(f"""
        create or replace temp table known as
        select {key} as key, updated_at, {digests.digest(shape)} as digest, _loaded_at, _deleted_noticed_at,
            rowid as ours_row
        from {raw} where {key} in (select key from asked)
    """)
    (_by_key if is_state else _by_version)(connection, shape, evidence, period)
    connection.execute(f"""
        insert into found
        select key, case when quarantined then 'quarantined' else 'missing' end, min(day),
            case when not quarantined then max(file_row) end, null
        from (
            select *, key in (
                select trim(source_record_id) from ops.quarantine
                where source_system = {literal(table.source)} and source_table = {literal(table.name)}
                    and replayed_at is null and source_record_id is not null
            ) as quarantined
            from refused
        ) group by key, quarantined
    """)


def _lay_out_source(connection, shape: Shape, evidence: Evidence) -> None:
    """`told(key, updated_at, digest, file_row)`: rows that a load would take; `refused(key, day, file_row)`: others.

    Erased people are taken out, as a load would.
    """
    key = quoted(shape.table.key)
    if not evidence.files:
        told = "key varchar, updated_at timestamp, digest ubigint, file_row bigint"
        connection.execute(f"create or replace temp table told ({told})")
        connection.execute("create or replace temp table refused (key varchar, day date, file_row bigint)")
        return
    query = digests.converted(shape, landed(evidence.files), evidence.fetched_at, more=", file_row as _file_row")
    connection.execute(f"create or replace temp table incoming as {query}")
    connection.execute(f"""
        create or replace temp table refused as
        select {key} as key, updated_at::date as day, _file_row as file_row from incoming where _reject
    """)
    connection.execute("delete from incoming where _reject")
    connection.execute("alter table incoming drop column _reject")
    erasure.withhold(connection, shape.table)
    connection.execute(f"""
        create or replace temp table told as
        select {key} as key, updated_at, {digests.digest(shape)} as digest, _file_row as file_row from incoming
    """)
    connection.execute("drop table incoming")


def landed(files: list[Path]) -> str:
    """The rows of Parquet files, numbered in `file_row`."""
    names = ", ".join(literal(str(file)) for file in files)
    return f"(select *, row_number() over () as file_row from read_parquet([{names}], union_by_name = true))"


def _by_key(connection, shape: Shape, evidence: Evidence, period: Period) -> None:
    """The latest row of a record against the latest version in raw."""
    superseded = versions.superseded(shape.table, f"raw.{shape.table.raw_name}", also_deleted=False)
    present = ", ".join(literal(key) for key in evidence.present) or "null"
    connection.execute(f"""
        create or replace temp table found as
        with latest as (
            select key, count(*) as n, max(updated_at) as updated_at,
                max_by(digest, (updated_at, file_row)) as digest, max_by(file_row, (updated_at, file_row)) as file_row
            from told group by key
        ),
        ours as (select * from known where ours_row not in ({superseded})),
        compared as (
            select asked.key, latest.n, latest.file_row, ours.ours_row,
                coalesce(ours.updated_at, latest.updated_at)::date as day,
                case
                    when ours._loaded_at >= {constant(evidence.fetched_at)}
                        or ours.updated_at > {constant(period.until)} then null
                    when latest.key is null then case
                        when ours.key is null or ours._deleted_noticed_at is not null
                            or asked.key in (select key from refused)
                            or asked.key in ({present}) then null
                        else 'deleted' end
                    when latest.updated_at > {constant(period.until)} then null
                    when ours.key is null then 'missing'
                    when ours._deleted_noticed_at is not null then 'returned'
                    when exists (
                        select 1 from told
                        where told.key = asked.key and told.updated_at = ours.updated_at and told.digest = ours.digest
                            and told.updated_at = latest.updated_at
                    ) then null
                    when latest.updated_at = ours.updated_at then 'altered'
                    when latest.updated_at > ours.updated_at then 'missing'
                    else 'moved'
                end as kind
            from asked left join latest using (key) left join ours using (key)
        )
        select key, kind, day, case when kind <> 'deleted' then file_row end as file_row,
            case when kind in ('deleted', 'moved') then ours_row end as ours_row
        from compared where kind is not null
        union all
        select key, 'doubled', day, null, null from compared where n > 1
    """)


def _by_version(connection, shape: Shape, evidence: Evidence, period: Period) -> None:
    """Each row of a delivery against the versions of its record in raw."""
    connection.execute(f"""
        create or replace temp table found as
        select key, case when exists (
                select 1 from known where known.key = told.key and known.updated_at = told.updated_at
            ) then 'altered' else 'missing' end as kind,
            updated_at::date as day, max(file_row) as file_row, null::bigint as ours_row
        from told anti join known using (key, updated_at, digest)
        where {period.holds()} and {period.still_kept("told", "known")} and key not in (
            select key from known where _loaded_at >= {constant(evidence.fetched_at)}
        )
        group by key, updated_at
    """)
