"""Which level each member holds from when to when, from the entries of the ledger; walked on to the day when, if
nothing more is earned, nothing changes any more."""

from __future__ import annotations

from datetime import date

import duckdb

from customer360.levels.entries import VERSION
from customer360.levels.rules import LevelRules
from customer360.levels.walks import EPOCH, walk_members


def level_periods(
    connection: duckdb.DuckDBPyConnection,
    *,
    entries: str,
    members: str,
    grants: str,
    rules: LevelRules,
    as_of: date,
    previous: str | None = None,
) -> duckdb.DuckDBPyRelation:
    """One row per member and period, from what had happened by the end of `as_of`; the last period has no valid_to.

    Relations: entries as those of restated_entries that are believed; members (customer_id, joined_on, cancelled_on);
    grants (customer_id, grant_id, valid_from, valid_to, level_rank); previous: what this returned before, whose members
    are left out where nothing changed.
    Columns: customer_id, valid_from, valid_to, level_rank, change_reason, growth_value (on the first day),
    growth_before (the day before), review_on (of the level that ended), facts_digest.
    """
    _digest(connection, entries=entries, members=members, grants=grants, rules=rules, as_of=as_of)
    known = f"anti join (select customer_id, facts_digest from {previous}) using (customer_id, facts_digest)"
    connection.execute(
        f"""
        create or replace temp table walked_anew as
        select
            cast(row_number() over (order by customer_id) - 1 as bigint) as member_no,
            customer_id, joined_on, cancelled_on as ended_on, facts_digest
        from member_digests
        {known if previous else ""}
        """
    )
    connection.execute(
        f"""
        create or replace temp table counted as
        select
            cast(row_number() over () - 1 as bigint) as fact_no, anew.member_no, entries.entry_id, entries.counts_from,
            entries.expires_on, cast(entries.growth_value * 100 as bigint) as cents, false as uses_coefficient
        from {entries} as entries inner join walked_anew as anew on entries.customer_id = anew.customer_id
        where entries.reverses_entry_id is null and entries.counts_from <= date '{as_of}'
        """
    )
    connection.execute(
        f"""
        create or replace temp table taken_back as
        select
            cast(row_number() over (order by back.counts_from, back.entry_id) - 1 as bigint) as reversal_no,
            counted.member_no, counted.fact_no, back.counts_from, cast(-back.growth_value * 100 as bigint) as part,
            0 as whole
        from {entries} as back inner join counted on back.reverses_entry_id = counted.entry_id
        where back.counts_from <= date '{as_of}'
        """
    )
    connection.execute(
        f"""
        create or replace temp table granted as
        select anew.member_no, grants.valid_from, grants.valid_to, grants.level_rank
        from {grants} as grants inner join walked_anew as anew on grants.customer_id = anew.customer_id
        """
    )
    walked = walk_members(
        connection, members="walked_anew", facts="counted", reversals="taken_back", grants="granted", rules=rules
    )
    connection.register("walked_periods", walked.periods)
    connection.execute(
        f"""
        create or replace temp table periods as
        select
            anew.customer_id,
            {EPOCH} + cast(walked.valid_from as integer) as valid_from,
            coalesce(
                lead({EPOCH} + cast(walked.valid_from as integer)) over (
                    partition by walked.member_no order by walked.valid_from
                ),
                anew.ended_on
            ) as valid_to,
            cast(walked.level_rank as integer) as level_rank,
            cast(walked.change_reason as varchar) as change_reason,
            cast(walked.cents * 0.01 as decimal(18, 2)) as growth_value,
            cast(walked.cents_before * 0.01 as decimal(18, 2)) as growth_before,
            case when walked.review_on > 0 then {EPOCH} + cast(walked.review_on as integer) end as review_on,
            anew.facts_digest
        from walked_periods as walked inner join walked_anew as anew on walked.member_no = anew.member_no
        """
    )
    connection.unregister("walked_periods")
    return connection.sql("select * from periods")


def _digest(connection, *, entries: str, members: str, grants: str, rules: LevelRules, as_of: date) -> None:
    """Per member: when they are one, and a number that changes when anything their levels depend on does.

    The entries are told by the digest of what they were worked out from; and by how many of them are still to come,
    for a day in the past.
    """
    connection.execute(
        f"""
        create or replace temp table member_digests as
        with
        digests as (
            select customer_id, facts_digest from {entries} where facts_digest is not null
        ),
        to_come as (
            select customer_id, count(*) as entries_to_come, max(counts_from) as last_on
            from {entries} where counts_from > date '{as_of}' group by customer_id
        ),
        grant_digests as (
            select customer_id, bit_xor(hash(grant_id, valid_from, valid_to, level_rank)) as digest
            from {grants} group by customer_id
        )
        select
            members.customer_id, members.joined_on, members.cancelled_on,
            hash(members.joined_on, members.cancelled_on, digests.facts_digest, to_come.entries_to_come,
                to_come.last_on, grant_digests.digest, '{rules.digest}', {VERSION}) as facts_digest
        from {members} as members
        left join digests on members.customer_id = digests.customer_id
        left join to_come on members.customer_id = to_come.customer_id
        left join grant_digests on members.customer_id = grant_digests.customer_id
        where members.joined_on <= date '{as_of}'
        """
    )
