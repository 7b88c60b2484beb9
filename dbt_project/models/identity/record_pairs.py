"""Pairs of source records that are, may be, or must not be one customer; only what changed is compared again."""

from customer360.identity.features import number_features
from customer360.identity.model import Model
from customer360.identity.resolver import Previous, compare


def model(dbt, session):
    dbt.config(materialized="table")
    is_anew = str(dbt.config.get("anew")).lower() == "true"
    number_features(session, f"({dbt.ref('match_features').sql_query()})")
    model_id, parameters = session.execute(
        f"select model_id, parameters from ({dbt.ref('match_model').sql_query()})"
    ).fetchone()
    learned = Model.from_json(parameters)
    compare(
        session,
        identifiers=f"({dbt.ref('record_identifiers').sql_query()})",
        decisions=f"({dbt.ref('decisions_in_force').sql_query()})",
        previous=None if is_anew else _previous(session, str(dbt.this), learned, model_id),
        model=learned,
    )
    return session.sql("select * from pairs")


def _previous(session, pairs, learned, model_id):
    """What the last run left; None if there was none, or it used another model."""
    hashes = pairs.replace("record_pairs", "matched_records")
    for relation in (pairs, hashes):
        schema, table = relation.replace('"', "").split(".")[-2:]
        is_there = session.execute(
            "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, table]
        ).fetchone()
        if not is_there:
            return None
    if session.execute(f"select 1 from {hashes} where model_id <> ? limit 1", [model_id]).fetchone():
        return None
    return Previous(model=learned, pairs=pairs, hashes=hashes)
