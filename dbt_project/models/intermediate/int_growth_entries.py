"""Every growth entry that is or ever was believed: the ledger's memory."""

from customer360.levels.entries import restated_entries
from customer360.levels.rules import load_rules


def model(dbt, session):
    # Never dropped, not even by --full-refresh: what was believed once cannot be computed again.
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="customer_id",
        full_refresh=False,
    )
    (known_at,) = session.execute(f"select known_at from ({dbt.ref('int_builds_begun').sql_query()})").fetchone()
    return restated_entries(
        session,
        facts=f"({dbt.ref('int_growth_facts').sql_query()})",
        reversals=f"({dbt.ref('int_growth_reversal_facts').sql_query()})",
        members=f"({dbt.ref('int_members_aggregated_to_customers').sql_query()})",
        grants=f"({dbt.ref('int_level_grants_identified').sql_query()})",
        rules=load_rules(
            session,
            levels=f"({dbt.ref('member_levels').sql_query()})",
            level_rules=f"({dbt.ref('level_rules').sql_query()})",
        ),
        previous=str(dbt.this) if dbt.is_incremental else None,
        known_at=known_at,
    )
