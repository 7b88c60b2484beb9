"""Which level each member holds from when to when; only members of whom something changed are walked again."""

from customer360.levels.periods import level_periods
from customer360.levels.rules import load_rules


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="delete+insert", unique_key="customer_id")
    (as_of,) = session.execute(f"select as_of_date from ({dbt.ref('int_builds_begun').sql_query()})").fetchone()
    return level_periods(
        session,
        entries=f"(select * from ({dbt.ref('int_growth_entries').sql_query()}) where known_until is null)",
        members=f"({dbt.ref('int_members_aggregated_to_customers').sql_query()})",
        grants=f"({dbt.ref('int_level_grants_identified').sql_query()})",
        rules=load_rules(
            session,
            levels=f"({dbt.ref('member_levels').sql_query()})",
            level_rules=f"({dbt.ref('level_rules').sql_query()})",
        ),
        as_of=as_of,
        previous=str(dbt.this) if dbt.is_incremental else None,
    )
