"""Which pairs of records are worth comparing: those that share a key that few others share.

Comparing all with all grows with the square of the records. Each key below is one way for two records of one person to
agree, although something else was mistyped, left out or changed; a key that more than `MOST_PER_KEY` records share tells
too little to pay for its pairs and is left to the others, so the work grows with the records.
"""

from __future__ import annotations

import duckdb

MOST_PER_KEY = 200

KEYS = {
    "email": "email",
    "email_name": "case when length(email_name) > 5 then email_name end",
    "phone": "phone",
    "card": "card",
    "name_and_postcode": "concat(left(name_key, 3), '|', postcode)",
    "name": "case when one_name is null or email is null then name_key end",
    "family_and_year": "family_name || '|' || left(born_on, 4)",
    "family_and_day": "coalesce(family_name, one_name) || '|' || substr(born_on, 5)",
    "given_and_day": "coalesce(given_name, one_name) || '|' || substr(born_on, 5)",
    "given_and_year": "given_name || '|' || left(born_on, 4)",
    "birth_date": "born_on",
    "family_and_city": "coalesce(family_name, one_name) || '|' || city",
    "given_and_city": "coalesce(given_name, one_name) || '|' || city",
    "address": "case when len(address_words) > 1 then address_key end",
    "postcode_and_word": "postcode || '|' || address_words[1]",
}


def find_candidates(connection: duckdb.DuckDBPyConnection, *, changed: str | None = None) -> None:
    """Make the table `candidates` (left_node < right_node): pairs of profiles to compare.

    changed: a table of nodes; then only pairs with one of these, at a cost that follows their number.
    """
    keys = " union all ".join(
        f"select node, hash('{name}', {key}) as key from profiles where {key} is not null" for name, key in KEYS.items()
    )
    connection.execute(
        f"""
        create or replace temp table shared_keys as
        with
        profiles as (select * from features where record_key = profile_key),
        keys as ({keys}),
        wanted as (select distinct key from keys semi join {changed or "features"} as changed using (node))
        select node, key from keys semi join wanted using (key)
        qualify count(*) over (partition by key) between 2 and {MOST_PER_KEY}
        """
    )
    is_changed = f"semi join {changed} as changed using (node)" if changed else ""
    connection.execute(
        f"""
        create or replace temp table candidates as
        with changed_keys as (select node, key from shared_keys {is_changed})
        select distinct least(lefts.node, rights.node) as left_node, greatest(lefts.node, rights.node) as right_node
        from changed_keys as lefts
        inner join shared_keys as rights on lefts.key = rights.key and lefts.node <> rights.node
        """
        if changed
        else """
        create or replace temp table candidates as
        select distinct lefts.node as left_node, rights.node as right_node
        from shared_keys as lefts
        inner join shared_keys as rights on lefts.key = rights.key and lefts.node < rights.node
        """
    )
