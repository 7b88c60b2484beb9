"""E-mails and phones that are evidence for nobody: listed ones, and those that too many people use."""

from customer360.identity.shared_values import find_shared_values


def model(dbt, session):
    dbt.config(materialized="table")
    find_shared_values(
        session,
        records=f"({dbt.ref('source_records').sql_query()})",
        listed=f"({dbt.ref('excluded_identifiers').sql_query()})",
    )
    return session.sql("select * from excluded")
