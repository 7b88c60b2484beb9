"""Which pairs of records are worth comparing: those that share a key that few others share.

Comparing all with all grows with the square of the records. Each key below is one way for two records of one person to
agree, although something else was mistyped, left out or changed. The work grows with the records, not their square:
a key value that more than MOST_PER_KEY records share is left to the other keys; a weak key, and all pairs that only one
weak key suggests, pay for one pair per record (FEW_PAIRS, if there are fewer records), the rarest values first.
Only one weak key in common and names plainly different: not worth it where there are many.
"""

from __future__ import annotations

import duckdb

MOST_PER_KEY = 200
FEW_PAIRS = 300_000  # of fewer records than this, that many pairs are always affordable
NAMES_NOT_PLAINLY_DIFFERENT = 0.75  # Jaro-Winkler

STRONG_KEYS = {
    "email": "email",
    "email_name": "case when length(email_name) > 5 then email_name end",
    "phone": "phone",
    "card": "card",
    "address": "case when len(address_words) > 1 then address_key end",
}
WEAK_KEYS = {
    "name": "name_key",
    "name_and_postcode": "left(name_key, 3) || '|' || postcode",
    "family_and_year": "family_name || '|' || left(born_on, 4)",
    "family_and_day": "coalesce(family_name, one_name) || '|' || substr(born_on, 5)",
    "given_and_day": "coalesce(given_name, one_name) || '|' || substr(born_on, 5)",
    "given_and_year": "given_name || '|' || left(born_on, 4)",
    "birth_date": "born_on",
    "family_and_city": "coalesce(family_name, one_name) || '|' || city",
    "given_and_city": "coalesce(given_name, one_name) || '|' || city",
    "postcode_and_word": "postcode || '|' || address_words[1]",
}


def find_candidates(connection: duckdb.DuckDBPyConnection, *, changed: str | None = None) -> None:
    """Make the temp table `candidates` (left_node < right_node): pairs of profiles to compare.

    changed: a table of nodes; then only pairs with one of these, at a cost that follows their number.
    """
    keys = " union all ".join(
        f"select node, {number}::tinyint as key_number, hash({number}, {key}) as key"
        f" from profiles where {key} is not null"
        for number, key in enumerate((*STRONG_KEYS.values(), *WEAK_KEYS.values()))
    )
    (all_records,) = connection.execute("select count(*) from features").fetchone()
    (records,) = connection.execute(f"select count(*) from {changed}").fetchone() if changed else (all_records,)
    affordable = FEW_PAIRS if all_records <= FEW_PAIRS else records
    connection.execute(
        f"""
        create or replace temp table shared_keys as
        with
        profiles as (select * from features where record_key = profile_key),
        keys as ({keys}),
        wanted as (select distinct key from keys semi join {changed or "features"} as changed using (node)),
        shared as (
            select node, key_number, key, count(*) over (partition by key) as sharers
            from keys semi join wanted using (key)
            qualify sharers between 2 and {MOST_PER_KEY}
        ),
        sizes as (
            -- of each key and number of sharers: how many pairs it and all smaller ones pay for
            select
                key_number, sharers,
                sum(count(*) * (sharers - 1) / 2) over (partition by key_number order by sharers) as pairs
            from shared
            group by key_number, sharers
        )
        select shared.node, shared.key, shared.sharers, shared.key_number < {len(STRONG_KEYS)} as is_strong
        from shared
        inner join sizes using (key_number, sharers)
        where is_strong or pairs <= {affordable}
        """
    )
    is_changed = f"semi join {changed} as changed using (node)" if changed else ""
    other, once = ("<>", "count(distinct starts.key) = 1") if changed else ("<", "count(*) = 1")
    connection.execute(
        f"""
        create or replace temp table candidates as
        with
        starts as (select * from shared_keys {is_changed}),
        suggested as (
            select
                least(starts.node, shared_keys.node) as left_node,
                greatest(starts.node, shared_keys.node) as right_node,
                case when {once} and not bool_or(starts.is_strong) then min(starts.sharers) else 0 end as doubt
            from starts
            inner join shared_keys on starts.key = shared_keys.key and starts.node {other} shared_keys.node
            group by all
        ),
        plausible as (
            select suggested.*
            from suggested
            inner join features as lefts on suggested.left_node = lefts.node
            inner join features as rights on suggested.right_node = rights.node
            where suggested.doubt = 0
                or (select count(*) from suggested) <= {affordable}
                or lefts.name_key is null
                or rights.name_key is null
                or lefts.one_name is not null
                or rights.one_name is not null
                or lefts.postcode = rights.postcode
                or lefts.city = rights.city
                or list_has_any(lefts.given_name_roots, rights.given_name_roots)
                or jaro_winkler_similarity(lefts.name_compact, rights.name_compact) >= {NAMES_NOT_PLAINLY_DIFFERENT}
                or jaro_winkler_similarity(lefts.name_key, rights.name_key) >= {NAMES_NOT_PLAINLY_DIFFERENT}
        ),
        doubts as (
            select doubt, sum(count(*)) over (order by doubt) as pairs from plausible where doubt > 0 group by doubt
        )
        select left_node, right_node
        from plausible
        left join doubts using (doubt)
        where doubt = 0 or doubts.pairs <= {affordable}
        """
    )
