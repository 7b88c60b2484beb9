"""Whatever people decide without contradicting themselves, the resolver obeys, against all evidence and all guards."""

from __future__ import annotations

import random
from datetime import datetime

import duckdb
import pytest

from customer360.identity import labelled_records
from customer360.identity.column_choice import COLUMNS
from customer360.identity.decisions import Decision, Standing, pair_of
from customer360.identity.resolver import resolve

NOW = datetime(2026, 1, 31)
NAMES = ("Ann Miller", "Anne Miller", "Robert King", "Bob King", "李伟", "Maria Lopez")


def family(seed: int, *, people: int = 8, records: int = 48) -> list[dict[str, str]]:
    """Records of few people who share names, phones, birth dates and e-mails more than strangers do."""
    chance = random.Random(seed)
    return [
        {
            "full_name": chance.choice(NAMES[: people // 2]),
            "email": f"mail{chance.randrange(people)}@example.org" if chance.random() < 0.7 else "",
            "phone": f"+4477009001{chance.randrange(people):02d}" if chance.random() < 0.6 else "",
            "birth_date": f"19{70 + chance.randrange(4)}-05-17" if chance.random() < 0.7 else "",
            "address_line": f"{chance.randrange(people)} High Street",
            "card_number": f"7{chance.randrange(people)}" if chance.random() < 0.4 else "",
        }
        for _ in range(records)
    ]


def resolved(rows: list[dict[str, str]], decisions: list[tuple[str, str, str]] = ()) -> dict[int, int]:
    """The cluster of each record, by its number, given decisions (kind, record key, record key)."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} varchar" for name in COLUMNS)
        connection.execute(f"create temp table labelled (record_number bigint, {columns})")
        for number, row in enumerate(rows):
            values = [row.get(name) or None for name in COLUMNS]
            connection.execute(
                f"insert into labelled values ({', '.join('?' * (len(COLUMNS) + 1))})", [number, *values]
            )
        labelled_records.normalise(connection, known_at=NOW, default_country="GB")
        connection.execute("create temp table decided (decision varchar, record_key_a varchar, record_key_b varchar)")
        if decisions:
            connection.executemany("insert into decided values (?, ?, ?)", decisions)
        resolve(connection, records="source_records", decisions="decided")
        return dict(connection.execute("select record_key, cluster from resolved").fetchall())


def key(number: int) -> str:
    return f"file.records:{number:09d}"


def decided(seed: int, records: int, count: int) -> Standing:
    """Decisions at random, each taken only if it contradicts none before it."""
    chance, known = random.Random(seed), Standing()
    for _ in range(count):
        a, b = (key(number) for number in chance.sample(range(records), 2))
        kind = chance.choice(("link", "unlink"))
        if pair_of(a, b) not in known.of_pair and not known.contradiction(kind, *pair_of(a, b)):
            known.add(Decision(f"d{len(known.of_pair)}", NOW, "ann", kind, *pair_of(a, b), "w"))
    return known


@pytest.mark.parametrize("seed", range(6))
def test_every_decision_is_obeyed(seed):
    rows = family(seed)
    standing = decided(seed, len(rows), 60)
    taken = [(each.decision, *each.pair) for each in standing.of_pair.values()]
    assert {kind for kind, _, _ in taken} == {"link", "unlink"}
    clusters = resolved(rows, taken)
    disobeyed = [(kind, a, b) for kind, a, b in taken if (kind == "link") != (clusters[a] == clusters[b])]
    assert disobeyed == []


def test_more_records_than_a_customer_plausibly_has_stay_one_when_people_say_so():
    rows = [{"full_name": f"Stranger {number}", "email": f"mail{number}@example.org"} for number in range(120)]
    links = [("link", key(number), key(number + 1)) for number in range(119)]
    assert len(set(resolved(rows, links).values())) == 1


def test_records_that_say_exactly_the_same_are_parted_when_people_say_so():
    rows = [{"full_name": "Ann Miller", "email": "ann@example.org", "phone": "+447700900111"}] * 12
    clusters = resolved(rows, [("unlink", key(3), key(7)), ("unlink", key(0), key(9))])
    assert clusters[key(3)] != clusters[key(7)]
    assert clusters[key(0)] != clusters[key(9)]
    assert len(set(resolved(rows).values())) == 1


def test_a_decision_on_a_record_that_is_gone_or_was_never_there_is_passed_over():
    rows = family(1)
    gone = [("link", key(0), key(900)), ("unlink", key(900), key(901))]
    assert resolved(rows, gone) == resolved(rows)


def test_contradictory_decisions_that_came_in_behind_the_command_line_do_not_stop_a_run():
    rows = family(2)
    circle = [("link", key(0), key(1)), ("link", key(1), key(2)), ("unlink", key(0), key(2))]
    clusters = resolved(rows, circle)
    assert len(clusters) == len(rows)
