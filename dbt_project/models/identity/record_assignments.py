"""Which customer each source record belongs to, since when: the one memory the warehouse keeps of its own decisions."""

from customer360.identity.assignments import changed_assignments


def model(dbt, session):
    # Never dropped, not even by --full-refresh: customer ids are stable because this table remembers them.
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["record_key", "valid_from"],
        full_refresh=False,
    )
    return changed_assignments(
        session,
        records=f"({dbt.ref('source_records').sql_query()})",
        links=f"({dbt.ref('record_links').sql_query()})",
        decisions=f"({dbt.ref('decisions_in_force').sql_query()})",
        published=f"({dbt.source('identity', 'published_assignments').sql_query()})",
        previous=str(dbt.this) if dbt.is_incremental else None,
    )
