"""The production resolver: source records in, pairs and clusters out. Pipeline and `identity evaluate` both call it.

exclude shared values -> features -> candidate pairs -> Splink's weights -> judgement -> guards -> clusters
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from customer360.identity.candidates import find_candidates
from customer360.identity.closure import group_records
from customer360.identity.clusters import guard_clusters
from customer360.identity.features import prepare_features
from customer360.identity.judgement import IDENTIFIER_RULES, judge
from customer360.identity.model import Model, score, train
from customer360.identity.shared_values import find_shared_values

PAIRS = """
    record_key_a varchar, record_key_b varchar, match_rule varchar, match_probability double, match_weight double,
    evidence varchar, objection varchar, outcome varchar, is_guarded boolean, reason varchar
"""

# Of pairs that an earlier run left: said by an identifier or a person, and between records that are compared at all.
WAS_GIVEN = " or ".join(
    ["pairs.match_rule = 'decision'"]
    + [f"starts_with(pairs.evidence, '{sentence}')" for sentence in IDENTIFIER_RULES.values()]
)
ARE_PROFILES = "lefts.record_key = lefts.profile_key and rights.record_key = rights.profile_key"


@dataclass(frozen=True)
class Previous:
    """What an earlier run left: its model, its pairs (PAIRS) and the feature_hash it had for each record_key.

    pairs and hashes are table expressions.
    """

    model: Model
    pairs: str
    hashes: str


def resolve(
    connection: duckdb.DuckDBPyConnection,
    *,
    records: str,
    identifiers: str | None = None,
    decisions: str | None = None,
    listed: str | None = None,
    previous: Previous | None = None,
) -> Model:
    """Resolve `records` (the columns of identity.source_records) to clusters; returns the model that was used.

    identifiers: record_key, identifier_type, identifier that a system gave (card, member_id, shop_customer_id,
    purchase). decisions: record_key_a, record_key_b, decision ('link', 'unlink') of people. listed: identifier_type,
    identifier, reason of values that are nobody's. previous: then only what is new or changed is compared again.
    All are table expressions. Leaves temp tables in the connection:
      excluded (identifier_type, identifier, reason, record_count, people_count), features, pairs (PAIRS),
      links (record_key_a, record_key_b, match_rule, match_probability, reason), resolved (record_key, cluster).
    """
    find_shared_values(connection, records=records, listed=listed)
    prepare_features(connection, records=records, excluded="excluded")
    model = compare(connection, identifiers=identifiers, decisions=decisions, previous=previous)
    connection.execute(
        """
        create or replace temp table links as
        select record_key_a, record_key_b, match_rule, match_probability, reason from pairs where outcome = 'link'
        """
    )
    group_records(connection, nodes="(select record_key, node from features)", links="links", table="grouped")
    connection.execute("create or replace temp table resolved as select record_key, group_id as cluster from grouped")
    return model


def compare(
    connection: duckdb.DuckDBPyConnection,
    *,
    identifiers: str | None = None,
    decisions: str | None = None,
    previous: Previous | None = None,
    model: Model | None = None,
) -> Model:
    """From the temp table `features` to `pairs`; see `resolve`. model: instead of one trained now."""
    if previous:
        _find_changed(connection, previous.hashes)
    find_candidates(connection, changed="changed" if previous else None)
    model = model or (previous.model if previous else train(connection))
    _pair_by_identifiers(connection, identifiers)
    _add_pairs_of_identifiers(connection)
    if previous:
        _add_pairs_once_given(connection, previous.pairs)
    judge(connection, score(connection, "candidates", model), model)
    _add_same_details(connection)
    if previous:
        _keep_unchanged(connection, previous.pairs)
    _obey_decisions(connection, decisions)
    guard_clusters(connection)
    _write_down(connection)
    return model


def _find_changed(connection: duckdb.DuckDBPyConnection, hashes: str) -> None:
    connection.execute(
        f"""
        create or replace temp table changed as
        select node from features
        anti join {hashes} as known
            on features.record_key = known.record_key and features.feature_hash = known.feature_hash
        """
    )


def _pair_by_identifiers(connection: duckdb.DuckDBPyConnection, identifiers: str | None) -> None:
    """Each record with the first one of the same identifier: a star holds them together, at one pair each."""
    connection.execute(
        f"""
        create or replace temp table identifier_pairs as
        with
        identifiers as (
            select features.node, identifier_type, identifier
            from {identifiers or "(select '' as record_key, '' as identifier_type, '' as identifier where false)"}
            inner join features using (record_key)
            union
            select node, 'card', card from features where card is not null
        ),
        stars as (
            select
                min(node) over (partition by replace(identifier_type, 'member_id', 'card'), identifier) as left_node,
                node as right_node,
                case identifier_type
                    when 'card' then 'member_card'
                    when 'member_id' then 'member_card'
                    when 'purchase' then 'member_purchase'
                    else identifier_type
                end as identifier_rule
            from identifiers
        )
        select left_node, right_node, min(identifier_rule) as identifier_rule
        from stars
        where left_node < right_node
        group by left_node, right_node
        """
    )


def _add_pairs_of_identifiers(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        insert into candidates
        select left_node, right_node from identifier_pairs
        except
        select left_node, right_node from candidates
        """
    )


def _add_pairs_once_given(connection: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """Pairs that an identifier or a person joined: when that is withdrawn, what the records say counts again."""
    connection.execute(
        f"""
        insert into candidates
        select lefts.node, rights.node
        from {pairs} as pairs
        inner join features as lefts on pairs.record_key_a = lefts.record_key
        inner join features as rights on pairs.record_key_b = rights.record_key
        where ({WAS_GIVEN}) and {ARE_PROFILES}
        except
        select left_node, right_node from candidates
        """
    )


def _add_same_details(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        insert into judged
        select
            firsts.node, features.node, 'same_details', 1.0, null, 'the same name and contact details', null, 'link'
        from features
        inner join features as firsts on features.profile_key = firsts.record_key
        anti join judged on judged.left_node = firsts.node and judged.right_node = features.node
        where features.record_key <> features.profile_key
        """
    )


def _keep_unchanged(connection: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """What was judged before of two records that are both as they were; what the guards held is judged again."""
    connection.execute(
        f"""
        insert into judged
        select
            lefts.node, rights.node, pairs.match_rule, pairs.match_probability, pairs.match_weight, pairs.evidence,
            case when not pairs.is_guarded then pairs.objection end,
            case when pairs.is_guarded then 'link' else pairs.outcome end
        from {pairs} as pairs
        inner join features as lefts on pairs.record_key_a = lefts.record_key
        inner join features as rights on pairs.record_key_b = rights.record_key
        anti join changed as changed_lefts on lefts.node = changed_lefts.node
        anti join changed as changed_rights on rights.node = changed_rights.node
        anti join judged on judged.left_node = lefts.node and judged.right_node = rights.node
        where pairs.match_rule <> 'same_details' and not ({WAS_GIVEN}) and {ARE_PROFILES}
        """
    )


def _obey_decisions(connection: duckdb.DuckDBPyConnection, decisions: str | None) -> None:
    if not decisions:
        return
    connection.execute(
        f"""
        create or replace temp table decided as
        select least(lefts.node, rights.node) as left_node, greatest(lefts.node, rights.node) as right_node, decision
        from {decisions} as decisions
        inner join features as lefts on decisions.record_key_a = lefts.record_key
        inner join features as rights on decisions.record_key_b = rights.record_key
        where lefts.node <> rights.node
        """
    )
    connection.execute(
        """
        delete from judged using decided
        where (judged.left_node, judged.right_node) = (decided.left_node, decided.right_node)
        """
    )
    connection.execute(
        """
        insert into judged
        select
            left_node, right_node, 'decision', case decision when 'link' then 1.0 else 0.0 end, null,
            concat('a person decided that they are ', case decision when 'link' then 'one' else 'two' end),
            null, case decision when 'link' then 'link' else 'apart' end
        from decided
        """
    )


def _write_down(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create or replace temp table pairs as
        select
            lefts.record_key as record_key_a,
            rights.record_key as record_key_b,
            judged.match_rule,
            judged.match_probability,
            judged.match_weight,
            judged.evidence,
            coalesce(held_links.reason, judged.objection) as objection,
            case when held_links.reason is not null then 'held' else judged.outcome end as outcome,
            held_links.reason is not null as is_guarded,
            concat_ws('; but ', judged.evidence, coalesce(held_links.reason, judged.objection)) as reason
        from judged
        inner join features as lefts on judged.left_node = lefts.node
        inner join features as rights on judged.right_node = rights.node
        left join held_links on (judged.left_node, judged.right_node) = (held_links.left_node, held_links.right_node)
        """
    )
