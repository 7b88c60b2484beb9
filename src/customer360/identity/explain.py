"""One customer in plain words: its records, what joins them, what people decided, what was held back, and why.

By hand: `customer360 identity explain CUSTOMER [RECORD_A RECORD_B] [--as-of DATE] [--show-personal]`.

Shows keys, rules and probabilities. Names, addresses and numbers, and the reasons people typed, only when asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import duckdb

from customer360.errors import IdentityError
from customer360.identity.decisions import Decision, pair_of, standing
from customer360.identity.lookup import believed_at, find_customer, find_record, require_built
from customer360.identity.paths import shortest_path
from customer360.sources.casting import literal

PERSONAL = ("full_name", "email_normalised", "phone_normalised", "born_on", "address_normalised", "city_normalised")


@dataclass(frozen=True)
class Record:
    """One source record of the customer, since when it is one of them, and its personal columns by name."""

    key: str
    first_seen_at: datetime | None
    since: datetime
    personal: dict[str, object]


@dataclass(frozen=True)
class Evidence:
    """What speaks for two records being one customer; `outcome` is link, review or held."""

    record_key_a: str
    record_key_b: str
    rule: str
    probability: float
    reason: str | None
    outcome: str = "link"
    other_customer_id: str | None = None

    def __str__(self) -> str:
        return f"{self.rule} {self.probability:.4f}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class Explanation:
    """What is known of one customer, now or at an earlier time."""

    customer_id: str
    retired_ids: tuple[str, ...]
    records: tuple[Record, ...]
    links: tuple[Evidence, ...]
    doubts: tuple[Evidence, ...]  # with records of other customers, or inside this one
    decisions: tuple[Decision, ...]

    def path(self, a: str, b: str) -> list[Evidence] | None:
        """The fewest links that join two records of the customer; None when the links known do not."""
        strongest: dict[tuple[str, str], Evidence] = {}
        neighbours = defaultdict(set)
        for link in sorted(self.links, key=lambda link: link.probability):
            strongest[pair_of(link.record_key_a, link.record_key_b)] = link
            neighbours[link.record_key_a].add(link.record_key_b)
            neighbours[link.record_key_b].add(link.record_key_a)
        keys = shortest_path(a, b, lambda key: neighbours.get(key, ()))
        return None if keys is None else [strongest[pair_of(*step)] for step in pairwise(keys)]


def explain(connection: duckdb.DuckDBPyConnection, typed: str, *, at: datetime | None = None) -> Explanation:
    """What is known of the customer that `typed` names: an id, old or new, or a record.

    At an earlier time: the records believed then, with the last build's links between them; links that are no more are
    not kept. Raises IdentityError when there is no such customer.
    """
    require_built(connection, "source_records", "record_links", "record_pairs", "match_decisions")
    customer_id = find_customer(connection, typed, at=at)
    records = _records(connection, customer_id, at)
    connection.execute("create or replace temp table explained (record_key varchar)")
    values = ", ".join(f"({literal(record.key)})" for record in records)
    connection.execute(f"insert into explained values {values}")
    retired = connection.execute(
        f"""
        select customer_id from identity.customer_id_history
        where current_customer_id = {literal(customer_id)} and customer_id <> current_customer_id order by valid_to
        """
    ).fetchall()
    keys = {record.key for record in records}
    decisions = [each for each in standing(connection, at=at).of_pair.values() if keys & set(each.pair)]
    return Explanation(
        customer_id=customer_id,
        retired_ids=tuple(old for (old,) in retired),
        records=records,
        links=_links(connection),
        doubts=_doubts(connection) if at is None else (),
        decisions=tuple(decisions),
    )


def two_records(connection: duckdb.DuckDBPyConnection, found: Explanation, a: str, b: str) -> tuple[str, str]:
    """The keys of two records of the customer. Raises IdentityError, with whose it is, for a record that is not."""
    keys = []
    for typed in (a, b):
        key = find_record(connection, typed)
        if key not in {record.key for record in found.records}:
            owner = find_customer(connection, key)
            raise IdentityError(f"{key} is a record of customer {owner}, not of {found.customer_id}.")
        keys.append(key)
    return keys[0], keys[1]


def in_words(found: Explanation, *, personal: bool = False, limit: int = 50) -> Iterator[str]:
    """The explanation as lines of text; of each list, at most `limit` entries."""
    yield f"customer {found.customer_id}: {len(found.records)} record{'s' * (len(found.records) != 1)}"
    if found.retired_ids:
        yield f"  also the customer of the retired ids {', '.join(found.retired_ids)}"
    yield "records, and since when they are this customer's"
    yield from _some([line for record in found.records for line in _record_lines(record, personal)], limit)
    yield "links, as the last build found them" if found.links else "links: none"
    yield from _some([f"  {e.record_key_a} = {e.record_key_b}\n    {e}" for e in found.links], limit)
    if found.decisions:
        yield "decisions"
        yield from _some([_decision_line(decision, personal) for decision in found.decisions], limit)
    if found.doubts:
        yield "not linked by"
        yield from _some([_doubt_line(doubt, found.customer_id) for doubt in found.doubts], limit)


def path_in_words(path: list[Evidence] | None, a: str, b: str) -> Iterator[str]:
    if path is None:
        yield f"No chain of the links known joins {a} and {b}."
        return
    yield f"what joins {a} and {b}"
    here = a
    for link in path:
        here = link.record_key_b if here == link.record_key_a else link.record_key_a
        yield f"  = {here}\n    {link}"


def _records(connection: duckdb.DuckDBPyConnection, customer_id: str, at: datetime | None) -> tuple[Record, ...]:
    rows = connection.execute(
        f"""
        select record_key, first_seen_at, valid_from, {", ".join(PERSONAL)}
        from identity.record_assignments
        left join identity.source_records using (record_key)
        where {believed_at(at)} and customer_id = {literal(customer_id)}
        order by first_seen_at, record_key
        """
    ).fetchall()
    return tuple(
        Record(key, first_seen, since, dict(zip(PERSONAL, rest, strict=True))) for key, first_seen, since, *rest in rows
    )


def _links(connection: duckdb.DuckDBPyConnection) -> tuple[Evidence, ...]:
    rows = connection.execute(
        """
        select record_key_a, record_key_b, match_rule, match_probability, reason from identity.record_links
        where record_key_a in (from explained) and record_key_b in (from explained)
        order by record_key_a, record_key_b, match_probability desc
        """
    ).fetchall()
    return tuple(Evidence(*row) for row in rows)


def _doubts(connection: duckdb.DuckDBPyConnection) -> tuple[Evidence, ...]:
    """Pairs that were held back or wait for review, the most probable first."""
    rows = connection.execute(
        """
        with doubts as (
            select *, case when record_key_a in (from explained) then record_key_b else record_key_a end as other_key
            from identity.record_pairs
            where outcome in ('review', 'held')
                and (record_key_a in (from explained) or record_key_b in (from explained))
        )
        select record_key_a, record_key_b, doubts.match_rule, doubts.match_probability, reason, outcome, customer_id
        from doubts left join identity.record_assignments as other on other_key = other.record_key and valid_to is null
        order by doubts.match_probability desc, record_key_a, record_key_b
        """
    ).fetchall()
    return tuple(Evidence(*row) for row in rows)


def _record_lines(record: Record, personal: bool) -> Iterator[str]:
    first = f"first seen {record.first_seen_at:%Y-%m-%d}" if record.first_seen_at else "first seen: not known"
    yield f"  {record.key}  {first}, since {record.since:%Y-%m-%d %H:%M}" + (
        "".join(f"\n    {name}: {value}" for name, value in record.personal.items() if value is not None)
        if personal
        else ""
    )


def _decision_line(decision: Decision, personal: bool) -> str:
    why = decision.reason if personal else "why: with --show-personal, since somebody typed it"
    sign = "=" if decision.decision == "link" else "≠"
    return f"  {decision.record_key_a} {sign} {decision.record_key_b}\n    {decision.source}; {why}"


def _doubt_line(doubt: Evidence, customer_id: str) -> str:
    inside = doubt.other_customer_id == customer_id
    where = "both are this customer's, by other links" if inside else f"customer {doubt.other_customer_id}"
    return f"  {doubt.record_key_a} ? {doubt.record_key_b}  ({where})\n    {doubt.outcome}: {doubt}"


def _some(lines: list[str], limit: int) -> Iterator[str]:
    yield from lines[:limit]
    if len(lines) > limit:
        yield f"  … and {len(lines) - limit} more (--limit)"
