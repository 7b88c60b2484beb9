"""Which records have to be looked at: what both sides say, as digests in a scratch DuckDB, block by block.

theirs(key, source_key, updated_at, digest, is_refused)    every row of the source
ours(key, updated_at, digest)                              the versions of raw that count
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from customer360.config import Settings
from customer360.reconcile import digests
from customer360.reconcile.digests import Shape
from customer360.sources import versions
from customer360.sources.casting import constant, literal
from customer360.warehouse import writer_lock

BUCKETS = 64  # of keys, in each day


@dataclass(frozen=True)
class Period:
    """since < updated_at <= until: what is compared. Later records are new, and the next pull brings them.

    forgets_since: raw no longer keeps superseded versions from before then, so they are not missed.
    """

    since: datetime | None
    until: datetime
    forgets_since: datetime | None = None

    def holds(self, column: str = "updated_at") -> str:
        after = f"{column} > {constant(self.since)} and " if self.since else ""
        return f"{after}{column} <= {constant(self.until)}"

    def still_kept(self, theirs: str, ours: str) -> str:
        """SQL: raw has to hold this version, since it is young or nothing newer is known of its record."""
        if not self.forgets_since:
            return "true"
        newest = f"(select max(updated_at) from {ours} as newer where newer.key = {theirs}.key)"
        return (
            f"({theirs}.updated_at > {constant(self.forgets_since)} "
            f"or {theirs}.updated_at >= coalesce({newest}, {theirs}.updated_at))"
        )


@dataclass(frozen=True)
class Compared:
    """How much was compared: rows of the source, blocks, and blocks that differ."""

    rows: int
    blocks: int
    differing: int


def reading_source(shape: Shape, relation: str, now: datetime) -> str:
    """The statement that makes `theirs` of everything that `relation` gives."""
    return f"create or replace temp table theirs as {digests.of_source(shape, relation, now)}"


def read_raw(scratch: duckdb.DuckDBPyConnection, settings: Settings, shape: Shape, *, every_version: bool) -> None:
    """Make `ours` of the versions that count, or of every version; the warehouse is locked only meanwhile."""
    relation = f"warehouse.raw.{shape.table.raw_name}"
    counts = "_deleted_noticed_at is null"
    with writer_lock(settings, f"reconcile {shape.table.raw_name}", wait_seconds=600):
        scratch.execute(f"attach {literal(str(settings.warehouse))} as warehouse (read_only)")
        try:
            if not every_version:
                scratch.execute(
                    f"create or replace temp table superseded as {versions.superseded(shape.table, relation)}"
                )
                if scratch.execute("select 1 from superseded limit 1").fetchone():
                    counts = "rowid not in (select row_number from superseded)"
            scratch.execute(
                "create or replace temp table ours as "
                + digests.of_raw(shape, f"(select * from {relation} where {counts})")
            )
        finally:
            scratch.execute("detach warehouse")


def compare(scratch: duckdb.DuckDBPyConnection, period: Period) -> Compared:
    """Make the temp table `candidates(key)`: records that differ, stand twice in the source, or break the contract.

    Of raw, also records from before `since` are compared when the source gave them.
    """
    judged = period.holds()
    older = " or key in (select key from theirs)" if period.since else ""
    ours_judged = f"({judged}{older}) and updated_at <= {constant(period.until)}"
    theirs_judged = f"not is_refused and updated_at <= {constant(period.until)}"
    for side, where in (("theirs", theirs_judged), ("ours", ours_judged)):
        scratch.execute(f"""
            create or replace temp table {side}_blocks as
            select updated_at::date as day, (hash(key) % {BUCKETS})::utinyint as bucket, count(*) as n,
                bit_xor(hash(key, updated_at, digest)) as checksum
            from {side} where {where} group by all
        """)
    scratch.execute("""
        create or replace temp table differing as
        select day, bucket from theirs_blocks full join ours_blocks using (day, bucket)
        where theirs_blocks.n is distinct from ours_blocks.n
            or theirs_blocks.checksum is distinct from ours_blocks.checksum
    """)
    in_differing = f"(updated_at::date, (hash(key) % {BUCKETS})::utinyint) in (select (day, bucket) from differing)"
    scratch.execute(f"""
        create or replace temp table candidates as
        with t as (select key, updated_at, digest from theirs where {theirs_judged} and {in_differing}),
        o as (select key, updated_at, digest from ours where {ours_judged} and {in_differing})
        select key from t anti join o using (key, updated_at, digest)
        union select key from o anti join t using (key, updated_at, digest)
        union select key from t group by key having count(*) > 1
        union select key from theirs where is_refused and key is not null
    """)
    (rows,) = scratch.execute("select count(*) from theirs").fetchone()
    (blocks,) = scratch.execute(
        "select count(*) from theirs_blocks full join ours_blocks using (day, bucket)"
    ).fetchone()
    (differing,) = scratch.execute("select count(*) from differing").fetchone()
    return Compared(rows, blocks, differing)


def compare_deliveries(scratch: duckdb.DuckDBPyConnection, period: Period) -> Compared:
    """The same for a folder of deliveries, where each row is a version that raw must have taken in once."""
    scratch.execute(f"""
        create or replace temp table candidates as
        select distinct key from theirs anti join ours using (key, updated_at, digest)
        where not is_refused and {period.holds("theirs.updated_at")} and {period.still_kept("theirs", "ours")}
        union select key from theirs where is_refused and key is not null
    """)
    (rows,) = scratch.execute("select count(*) from theirs").fetchone()
    (days,) = scratch.execute("select count(distinct updated_at::date) from theirs").fetchone()
    (differing,) = scratch.execute(
        "select count(distinct updated_at::date) from theirs where key in (from candidates)"
    ).fetchone()
    return Compared(rows, days, differing)
