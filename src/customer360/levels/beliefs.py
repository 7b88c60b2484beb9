"""What was believed of the ledger against what comes out now: what stays, what ends and why, what begins."""

from __future__ import annotations

from datetime import datetime

import duckdb

# What an entry says; `known_at`, `known_until` and `restated_because` are about it.
SAYS = (
    "occurred_at, counts_from, expires_on, rule_id, rule_version, growth_value, coefficient, level_rank, units, "
    "growth_per_unit, source_system, source_table, source_record_id, order_id, reverses_entry_id"
)


def compared(connection, previous: str, known_at: datetime) -> duckdb.DuckDBPyRelation:
    """All entries of the members restated, past beliefs included: columns customer_id, entry_id, SAYS, known_at,
    known_until, restated_because, facts_digest.

    Reads the tables `restated` (customer_id) and `valued` (what came out now) of the connection; previous: the relation
    of what was believed.
    """
    connection.execute(
        f"""
        create or replace temp table believed as
        select previous.* from {previous} as previous inner join restated on previous.customer_id = restated.customer_id
        """
    )
    # Narrow on purpose: after a change of rules every entry of every member is compared.
    connection.execute(
        f"""
        create or replace temp table differing as
        select coalesce(now.customer_id, before.customer_id) as customer_id, coalesce(now.entry_id, before.entry_id)
            as entry_id
        from (select customer_id, entry_id, hash({SAYS}) as digest from valued) as now
        full join (
            select customer_id, entry_id, hash({SAYS}) as digest from believed where known_until is null
        ) as before
            on now.customer_id = before.customer_id and now.entry_id = before.entry_id
        where now.digest is distinct from before.digest
        """
    )
    return connection.sql(
        f"""
        with
        firsts as (
            select customer_id, entry_id, facts_digest as digest_now from valued where facts_digest is not null
        ),
        kept as (
            select believed.*, firsts.digest_now
            from believed
            anti join differing
                on believed.customer_id = differing.customer_id and believed.entry_id = differing.entry_id
            left join firsts on believed.customer_id = firsts.customer_id and believed.entry_id = firsts.entry_id
            where believed.known_until is null
        ),
        other_version as (
            select distinct source_table, source_record_id from valued where reverses_entry_id is null
        ),
        closed as (
            select before.*, {_because()} as because
            from believed as before
            semi join differing on before.customer_id = differing.customer_id and before.entry_id = differing.entry_id
            left join valued as now on before.customer_id = now.customer_id and before.entry_id = now.entry_id
            left join (select distinct entry_id from valued) as elsewhere on before.entry_id = elsewhere.entry_id
            left join other_version
                on before.source_table = other_version.source_table
                and before.source_record_id = other_version.source_record_id
            where before.known_until is null
        ),
        begun as (
            select valued.* from valued
            semi join differing on valued.customer_id = differing.customer_id and valued.entry_id = differing.entry_id
        )
        select customer_id, entry_id, {SAYS}, known_at, known_until, restated_because, null as facts_digest
        from believed where known_until is not null
        union all
        select customer_id, entry_id, {SAYS}, known_at, known_until, restated_because, digest_now from kept
        union all
        select customer_id, entry_id, {SAYS}, known_at, timestamp '{known_at}', because, null from closed
        union all
        select customer_id, entry_id, {SAYS}, timestamp '{known_at}', cast(null as timestamp), cast(null as varchar),
            facts_digest
        from begun
        """
    )


def _because() -> str:
    """SQL: why `before` is believed no longer, beside what is believed `now` of the same entry."""
    return """
        case
            when now.units is distinct from before.units and now.entry_id is not null then 'record corrected'
            when now.occurred_at <> before.occurred_at then 'record corrected'
            when now.growth_per_unit <> before.growth_per_unit then 'rules changed'
            when now.expires_on is distinct from before.expires_on and now.entry_id is not null then 'rules changed'
            when now.coefficient <> before.coefficient or now.level_rank <> before.level_rank then 'level restated'
            when now.entry_id is not null then 'record corrected'
            when elsewhere.entry_id is not null then 'customers joined or parted'
            when other_version.source_record_id is not null then 'rules changed'
            else 'withdrawn'
        end
    """
