"""What matching compares of each source record, without the values that are nobody's."""

from customer360.identity.features import prepare_features


def model(dbt, session):
    dbt.config(materialized="table")
    prepare_features(
        session,
        records=f"({dbt.ref('source_records').sql_query()})",
        excluded=f"({dbt.ref('excluded_values').sql_query()})",
    )
    return session.sql("select * exclude (node) from features")
