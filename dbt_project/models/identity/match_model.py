"""What the matching model learned: kept until the records have doubled or everything is built anew."""

from customer360.identity.candidates import find_candidates
from customer360.identity.features import number_features
from customer360.identity.model import train


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="delete+insert", unique_key="slot")
    features = f"({dbt.ref('match_features').sql_query()})"
    (record_count,) = session.execute(f"select count(*) from {features}").fetchone()
    if dbt.is_incremental:
        known = session.execute(f"select record_count from {dbt.this}").fetchone()
        if known and record_count < 2 * known[0]:
            return session.sql(f"select * from {dbt.this} where false")
    number_features(session, features)
    find_candidates(session)
    learned = train(session).to_json()
    return session.sql(
        "select 1 as slot, cast(? as bigint) as record_count, md5(?) as model_id, cast(? as varchar) as parameters",
        params=[record_count, learned, learned],
    )
