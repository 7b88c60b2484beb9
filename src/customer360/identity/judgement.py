"""What follows from a scored pair: one customer, two, or a question for a person; with the rule and reason in words.

link     an exact rule or the model holds them to be one, and nothing speaks against it
review   the model is not sure, or they have too little in common
held     it would be a link, but strong evidence contradicts it: never fused silently
apart    they share an e-mail or a phone, and are two people: remembered so that no third record fuses them
"""

from __future__ import annotations

import duckdb

from customer360.identity.comparisons import (
    ABBREVIATED_NAMES,
    ALIKE_ADDRESSES,
    ALIKE_DATES,
    ALIKE_EMAILS,
    ALIKE_NAMES,
    ALIKE_PHONES,
    COMPARISONS,
    DIFFERENT_DATES,
    DIFFERENT_EMAILS,
    DIFFERENT_NAMES,
    DIFFERENT_PHONES,
)
from customer360.identity.model import Model

# Identifiers that a system gave, and the words for two records that have the same.
IDENTIFIER_RULES = {
    "member_card": "the same member card",
    "shop_customer_id": "the order names this account",
    "member_purchase": "the member card was shown at this purchase",
}
CERTAIN_RULES = ("member_card", "shop_customer_id")

LINK_PROBABILITY = 0.88
REVIEW_PROBABILITY = 0.20


def _falls_on(comparison: str, levels: list[int]) -> str:
    return f"level_{comparison} in ({', '.join(map(str, levels))})"


NAMES_ALIKE = _falls_on("name", ALIKE_NAMES)
NAMES_DIFFER = _falls_on("name", DIFFERENT_NAMES)
BIRTH_DATES_ALIKE = _falls_on("birth_date", ALIKE_DATES)
BIRTH_DATES_DIFFER = _falls_on("birth_date", DIFFERENT_DATES)
SAME_CONTACT = "(level_email = 0 or level_phone = 0)"

# Too little for a link, however sure the model is, which takes a town and its postcode for two agreements: C. Kelly and
# Chloë Kelly of one town. A question for a person, but no contradiction: another record may show that they are one.
MORE_THAN_A_PLACE = " or ".join(
    [
        BIRTH_DATES_ALIKE,
        _falls_on("email", ALIKE_EMAILS),
        _falls_on("phone", ALIKE_PHONES),
        _falls_on("address", ALIKE_ADDRESSES),
    ]
)
TOO_LITTLE = {
    "only a name and a similar phone join them": (
        f"{NAMES_ALIKE} and level_phone > 0 and {_falls_on('phone', ALIKE_PHONES)} and not ({BIRTH_DATES_ALIKE}"
        f" or {_falls_on('email', ALIKE_EMAILS)} or {_falls_on('address', ALIKE_ADDRESSES)})"
    ),
    "only a name and a place join them, and their phones differ": (
        f"{NAMES_ALIKE} and {_falls_on('phone', DIFFERENT_PHONES)} and not ({MORE_THAN_A_PLACE})"
    ),
    "only a similar name and a place join them, and their e-mails differ": (
        f"{NAMES_ALIKE} and level_name > 0 and {_falls_on('email', DIFFERENT_EMAILS)} and not ({MORE_THAN_A_PLACE})"
    ),
    "only a short name and a place join them": (
        f"{_falls_on('name', ABBREVIATED_NAMES)} and not ({MORE_THAN_A_PLACE})"
        " and coalesce(lefts.email, lefts.phone, rights.email, rights.phone) is not null"
    ),
}

# What most true pairs agree on contradicts a link when it differs; what this share of them or more get wrong does not.
UNRELIABLE = 0.03


OVERWHELMING = 12  # log2 of the odds, with two birth dates counted: over 4,000 to 1 for a slip


def contradictions(model: Model) -> dict[str, str]:
    """What speaks against a link, in words, and its condition in SQL; the first that holds is told.

    How far names and birth dates can be relied on is learned: where three in a hundred true pairs have another birth
    date, a birth date is no proof of two people.
    """
    found = {
        "only an address joins them": (
            f"level_name = -1 and identifier_rule is null and not ({BIRTH_DATES_ALIKE} or {SAME_CONTACT})"
        ),
        "an organisation and a person": "lefts.kind <> rights.kind",
        "they hold two member cards": (
            f"lefts.card <> rights.card and not ({NAMES_ALIKE} and ({SAME_CONTACT} or level_birth_date = 0))"
        ),
    }
    names_count = sum(model.m["name"][level] for level in DIFFERENT_NAMES) < UNRELIABLE
    if names_count:
        found["their names differ, and no birth date says that they are one"] = (
            f"{NAMES_DIFFER} and not ({BIRTH_DATES_ALIKE})"
        )
    if sum(model.m["birth_date"][level] for level in DIFFERENT_DATES) < UNRELIABLE:
        found["their birth dates differ"] = f"{BIRTH_DATES_DIFFER} and match_weight < {OVERWHELMING}"
    elif names_count:
        found["their birth dates differ, and so do their names"] = f"{BIRTH_DATES_DIFFER} and not ({NAMES_ALIKE})"
    return found


def judge(connection: duckdb.DuckDBPyConnection, scored: str, model: Model) -> None:
    """Make the table `judged` of the scored pairs that say anything: left_node, right_node, match_rule,
    match_probability, match_weight, evidence, objection, outcome.

    Reads `features` and `identifier_pairs` too: an identifier that a system gave joins whatever else differs, but a
    card shown at a purchase may be the husband's.
    """
    contradiction, too_little = (
        " ".join(f"when {condition} then '{words}'" for words, condition in objections.items())
        for objections in (contradictions(model), TOO_LITTLE)
    )
    sentences = ", ".join(_sentence(comparison) for comparison in COMPARISONS)
    identifier_words = " ".join(f"when '{rule}' then '{words}'" for rule, words in IDENTIFIER_RULES.items())
    connection.execute(
        f"""
        create or replace temp table judged as
        with
        pairs as (select * from {scored}),
        ruled as (
            select
                pairs.*,
                case identifier_rule {identifier_words} end as identifier_sentence,
                case {contradiction} end as contradiction,
                case {too_little} end as too_little,
                case
                    when identifier_rule = 'member_purchase' and not ({NAMES_ALIKE} or level_name = -1)
                        then 'probabilistic'
                    when identifier_rule is not null then identifier_rule
                    when level_email = 0 and (level_name = -1 or {NAMES_ALIKE}) then 'email'
                    when level_phone = 0 and (level_name = -1 or {NAMES_ALIKE}) then 'phone'
                    when match_probability >= {REVIEW_PROBABILITY} then 'probabilistic'
                    when {SAME_CONTACT} then 'contact'
                end as match_rule
            from pairs
            inner join features as lefts on pairs.left_node = lefts.node
            inner join features as rights on pairs.right_node = rights.node
            left join identifier_pairs
                on (pairs.left_node, pairs.right_node) = (identifier_pairs.left_node, identifier_pairs.right_node)
            where match_probability >= {REVIEW_PROBABILITY} or {SAME_CONTACT} or identifier_rule is not null
        )
        select
            left_node,
            right_node,
            match_rule,
            case when match_rule in ('probabilistic', 'contact') then match_probability else 1.0 end
                as match_probability,
            match_weight,
            concat_ws('; ', identifier_sentence, {sentences}) as evidence,
            case
                when match_rule in {CERTAIN_RULES} then null
                when match_rule = 'probabilistic' then coalesce(contradiction, too_little)
                else contradiction
            end as objection,
            case
                when match_rule in {CERTAIN_RULES} then 'link'
                when match_rule = 'contact' then case when contradiction is null then 'review' else 'apart' end
                when contradiction is not null
                    then case
                        when match_rule <> 'probabilistic' or match_probability >= {LINK_PROBABILITY} then 'held'
                        when {SAME_CONTACT} then 'apart'
                        else 'review'
                    end
                when match_rule = 'probabilistic' and too_little is not null then 'review'
                when match_rule <> 'probabilistic' or match_probability >= {LINK_PROBABILITY} then 'link'
                else 'review'
            end as outcome
        from ruled
        """
    )


def _sentence(comparison) -> str:
    words = " ".join(f"when {at} then '{level.sentence}'" for at, level in enumerate(comparison.levels))
    return f"case level_{comparison.name} {words} end"
