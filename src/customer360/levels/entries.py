"""The growth ledger with its memory: every entry that is or ever was believed, and when.

Only members whose facts, membership, grants or rules changed are walked through again; of them, an entry that comes out
as before keeps its `known_at`, one that does not is closed with the reason, and nothing is ever deleted.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from customer360.levels.beliefs import SAYS, compared
from customer360.levels.rules import LevelRules
from customer360.levels.walks import Walk, walk_members

VERSION = 1  # of the rules as carried out: another one has every member worked out anew


def restated_entries(
    connection: duckdb.DuckDBPyConnection,
    *,
    facts: str,
    reversals: str,
    members: str,
    grants: str,
    rules: LevelRules,
    previous: str | None,
    known_at: datetime,
) -> duckdb.DuckDBPyRelation:
    """All entries, past beliefs included, of the members to restate (of all, without `previous`): the columns that
    beliefs.compared gives.

    Relations: facts and reversals as int_growth_facts and int_growth_reversal_facts; members (customer_id, joined_on,
    cancelled_on); grants (customer_id, grant_id, valid_from, valid_to, level_rank); previous: what this returned
    before.
    """
    _digest(connection, facts=facts, reversals=reversals, members=members, grants=grants, rules=rules)
    _find_restated(connection, previous)
    _number(connection, facts=facts, reversals=reversals, members=members, grants=grants)
    walked = walk_members(
        connection,
        members="numbered_members",
        facts="numbered_facts",
        reversals="numbered_reversals",
        grants="numbered_grants",
        rules=rules,
    )
    _keep(connection, walked)
    if previous is None:
        return connection.sql(
            f"""
            select customer_id, entry_id, {SAYS}, timestamp '{known_at}' as known_at,
                cast(null as timestamp) as known_until, cast(null as varchar) as restated_because, facts_digest
            from ({_valued(rules)})
            """
        )
    connection.execute(f"create or replace temp table valued as {_valued(rules)}")
    return compared(connection, previous, known_at)


def _digest(connection, *, facts: str, reversals: str, members: str, grants: str, rules: LevelRules) -> None:
    """One number per member with facts that changes when anything its entries depend on does. It is kept with the
    member's first entry."""
    connection.execute(
        f"""
        create or replace temp table digests as
        select customer_id, bit_xor(digest) as facts_digest
        from (
            select true as is_fact, customer_id, hash(entry_id, occurred_at, counts_from, expires_on, units,
                growth_per_unit, base_growth, uses_coefficient, source_record_id, order_id) as digest
            from {facts}
            union all
            select false as is_fact, customer_id, hash(entry_id, reverses_entry_id, occurred_at, part, whole)
            from {reversals}
            union all
            select false as is_fact, customer_id, hash(joined_on, cancelled_on, '{rules.digest}', {VERSION})
            from {members}
            union all
            select false as is_fact, customer_id, hash(grant_id, valid_from, valid_to, level_rank) from {grants}
        )
        group by customer_id having bool_or(is_fact)
        """
    )


def _find_restated(connection, previous: str | None) -> None:
    if previous is None:
        connection.execute("create or replace temp table restated as select customer_id, facts_digest from digests")
        return
    connection.execute(
        f"""
        create or replace temp table restated as
        select coalesce(digests.customer_id, before.customer_id) as customer_id, digests.facts_digest
        from digests
        full join (
            select customer_id, facts_digest
            from {previous} where known_until is null and facts_digest is not null
        ) as before on digests.customer_id = before.customer_id
        where digests.facts_digest is distinct from before.facts_digest
        """
    )


def _number(connection, *, facts: str, reversals: str, members: str, grants: str) -> None:
    connection.execute(
        f"""
        create or replace temp table numbered_members as
        select
            cast(row_number() over (order by members.customer_id) - 1 as bigint) as member_no,
            members.customer_id, members.joined_on, members.cancelled_on as ended_on, restated.facts_digest
        from {members} as members inner join restated on members.customer_id = restated.customer_id
        """
    )
    connection.execute(
        f"""
        create or replace temp table numbered_facts as
        select
            cast(row_number() over () - 1 as bigint) as fact_no, numbered.member_no, numbered.facts_digest, facts.*,
            cast(facts.base_growth * 100 as bigint) as cents
        from {facts} as facts inner join numbered_members as numbered on facts.customer_id = numbered.customer_id
        """
    )
    connection.execute(
        f"""
        create or replace temp table numbered_reversals as
        select
            cast(row_number() over (order by reversals.occurred_at, reversals.source_record_id, reversals.entry_id) - 1
                as bigint) as reversal_no,
            facts.member_no, facts.fact_no, reversals.*
        from {reversals} as reversals inner join numbered_facts as facts on reversals.reverses_entry_id = facts.entry_id
        """
    )
    connection.execute(
        f"""
        create or replace temp table numbered_grants as
        select numbered.member_no, grants.valid_from, grants.valid_to, grants.level_rank
        from {grants} as grants inner join numbered_members as numbered on grants.customer_id = numbered.customer_id
        """
    )


def _keep(connection, walked: Walk) -> None:
    """What the walk gave as tables of the connection, so that it can be read after this returned."""
    for name in ("entries", "reversals"):
        connection.register("walked", getattr(walked, name))
        connection.execute(f"create or replace temp table walked_{name} as select * from walked")
        connection.unregister("walked")


def _valued(rules: LevelRules) -> str:
    """SQL: every entry and reversal with its value, beside what it was worked out from."""
    return f"""
        select
            facts.customer_id, facts.entry_id, facts.occurred_at, facts.counts_from, facts.expires_on, facts.rule_id,
            facts.rule_version, cast(walked.cents * 0.01 as decimal(18, 2)) as growth_value,
            cast(case when facts.uses_coefficient then {_coefficient(rules)} else 1 end as decimal(9, 4))
                as coefficient,
            cast(walked.level_rank as integer) as level_rank, facts.units, facts.growth_per_unit, facts.source_system,
            facts.source_table, facts.source_record_id, facts.order_id, cast(null as varchar) as reverses_entry_id,
            case when walked.is_first then facts.facts_digest end as facts_digest
        from numbered_facts as facts inner join walked_entries as walked on facts.fact_no = walked.fact_no
        union all
        select
            facts.customer_id, back.entry_id, back.occurred_at, back.counts_from, facts.expires_on, facts.rule_id,
            facts.rule_version, cast(-walked.cents * 0.01 as decimal(18, 2)) as growth_value,
            null, null, null, facts.growth_per_unit, back.source_system, back.source_table, back.source_record_id,
            back.order_id, back.reverses_entry_id, null
        from numbered_reversals as back
        inner join walked_reversals as walked on back.reversal_no = walked.reversal_no
        inner join numbered_facts as facts on back.fact_no = facts.fact_no
        where walked.cents > 0
    """


def _coefficient(rules: LevelRules) -> str:
    """SQL: the coefficient of walked.level_rank on facts.counts_from."""
    cases = []
    for period in reversed(range(rules.starts.size)):
        of_rank = " ".join(
            f"when {rank} then {rules.coefficients[period, rank]}" for rank in range(1, rules.coefficients.shape[1])
        )
        cases.append(
            f"when facts.counts_from >= date '1970-01-01' + {rules.starts[period]} or {period} = 0 "
            f"then case walked.level_rank {of_rank} end"
        )
    return f"case {' '.join(cases)} end * 0.0001"
