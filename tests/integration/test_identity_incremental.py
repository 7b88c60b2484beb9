"""Day after day on what changed, or everything at once: the same customers."""

from __future__ import annotations

from random import Random

import pytest
from identity_town import Found, Row, add_records, connect, found, learned, table_of, with_model

from customer360.identity.resolver import Previous, resolve

GIVEN = ("Robert", "William", "Eleanor", "Agatha", "Katherine", "Leopold")
SHORT = {"Robert": "Bob", "William": "Bill", "Eleanor": "E.", "Agatha": "A.", "Katherine": "Kate", "Leopold": "L."}


class Days:
    """Resolves what is there each day, with the pairs and hashes of the day before and one model."""

    def __init__(self, *, from_scratch: bool = False) -> None:
        self.connection = connect()
        self.previous = with_model(learned())
        self.from_scratch = from_scratch

    def run(self, rows: dict[str, Row], *, decisions=(), identifiers=()) -> Found:
        execute = self.connection.execute
        execute("drop table if exists source_records")
        add_records(self.connection, rows)
        resolve(
            self.connection,
            records="source_records",
            identifiers=table_of(
                self.connection, "identifiers", ("record_key", "identifier_type", "identifier"), identifiers
            ),
            decisions=table_of(self.connection, "decisions", ("record_key_a", "record_key_b", "decision"), decisions),
            previous=self.previous,
        )
        if not self.from_scratch:
            execute("create or replace temp table kept_pairs as from pairs")
            execute("create or replace temp table kept_hashes as select record_key, feature_hash from features")
            self.previous = Previous(learned(), "kept_pairs", "kept_hashes")
        return found(self.connection, learned())


def at_once(rows: dict[str, Row], **given) -> Found:
    return Days(from_scratch=True).run(rows, **given)


def told(outcome: Found) -> set[tuple]:
    """What is said of each pair but the figures: how rare a name is depends on how many records there were."""
    return {(pair, said.rule, said.outcome, said.objection) for pair, said in outcome.pairs.items()}


def shoppers(chance: Random, families: int = 14) -> dict[str, Row]:
    """Families of one to three who share a phone; each person's records agree in e-mail, phone or card, or say little.

    Nothing here is a near thing: the model is as sure of each pair among a hundred records as among three hundred.
    """
    rows: dict[str, Row] = {}
    for family in range(families):
        surname = "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(4)).title()
        shared = f"+44790000{family:02}00"
        for member, given in enumerate(chance.sample(GIVEN, chance.randrange(1, 4))):
            own = {"email": f"{given}.{surname}@example.org".lower(), "phone": f"+44790000{family:02}{member + 1}7"}
            born = f"19{chance.randrange(40, 99)}-0{chance.randrange(1, 9)}-1{chance.randrange(9)}"
            for _ in range(chance.randrange(1, 5)):
                at = len(rows)
                row: Row = {"full_name": f"{chance.choice((given, given, SHORT[given]))} {surname}"}
                row |= chance.choice(
                    [own, {"email": own["email"]}, {"phone": shared, "birth_date": born}, {"phone": shared}]
                )
                if chance.random() < 0.3:
                    row["card_number"] = f"C{family:02}{member}"
                if chance.random() < 0.1:
                    row["full_name"] = None
                rows[f"shop.records:{at:04}"] = row
                if chance.random() < 0.3:
                    rows[f"shop.records:{at + 1:04}"] = dict(row)
    keys = list(rows)
    chance.shuffle(keys)
    return dict(zip(keys, rows.values(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_three_days_give_the_customers_that_one_gives(seed):
    chance = Random(seed)
    rows = shoppers(chance)
    keys = sorted(rows, key=lambda _: chance.random())
    decisions = [(*chance.sample(keys, 2), chance.choice(("link", "unlink"))) for _ in range(4)]
    days = Days()
    days.run({key: rows[key] for key in keys[: len(keys) // 2]}, decisions=decisions[:1])
    days.run({key: rows[key] for key in keys[: len(keys) * 4 // 5]}, decisions=decisions[:2])
    last = days.run(rows, decisions=decisions)
    full = at_once(rows, decisions=decisions)
    assert last.clusters == full.clusters
    assert told(last) == told(full)


@pytest.mark.parametrize("seed", range(3))
def test_records_that_changed_or_are_gone_leave_nothing_behind(seed):
    chance = Random(100 + seed)
    rows = shoppers(chance)
    days = Days()
    days.run(rows)
    for _ in range(2):
        gone = chance.sample(sorted(rows), len(rows) // 8)
        rows = {key: row for key, row in rows.items() if key not in gone}
        for key in chance.sample(sorted(rows), len(rows) // 8):
            rows[key] = dict(rows[chance.choice(sorted(rows))])
        last = days.run(rows)
    full = at_once(rows)
    assert last.clusters == full.clusters
    assert told(last) == told(full)


ANN = {"full_name": "Ann Quillfeather", "email": "ann.q@example.org", "phone": "+447900000101"}
NEW_PHONE = {"full_name": "Anne Quillfeather", "email": "ann.q@example.org", "phone": "+447900000977"}


def test_the_first_of_many_same_orders_may_go_and_the_others_keep_their_links():
    """The first was compared for all of them; what it knew must not go with it."""
    rows = {"a.r:1": ANN, "a.r:2": ANN, "a.r:3": ANN, "b.r:1": NEW_PHONE}
    days = Days()
    assert len(days.run(rows).clusters) == 1
    del rows["a.r:1"]
    assert days.run(rows).clusters == at_once(rows).clusters == {frozenset(rows)}


def test_the_first_of_many_same_orders_may_change():
    rows = {"a.r:1": ANN, "a.r:2": ANN, "a.r:3": ANN, "b.r:1": NEW_PHONE}
    days = Days()
    days.run(rows)
    rows["a.r:1"] = {"full_name": "Zoe Underhill", "email": "zoe@example.org"}
    assert (
        days.run(rows).clusters
        == at_once(rows).clusters
        == {frozenset(["a.r:2", "a.r:3", "b.r:1"]), frozenset(["a.r:1"])}
    )


def test_a_value_that_turns_out_to_be_shared_undoes_its_links():
    rows = {"a.r:1": ANN, "a.r:2": {"full_name": "Ann Quillfeather", "phone": ANN["phone"]}}
    days = Days()
    assert days.run(rows).together("a.r:1", "a.r:2")
    for at, name in enumerate(("Brian Cole", "Clara Dove", "Dennis Eel", "Esther Fox", "Frank Gull")):
        rows[f"c.r:{at}"] = {"full_name": name, "phone": ANN["phone"]}
    after = days.run(rows)
    assert ANN["phone"] in after.excluded
    assert {len(cluster) for cluster in after.clusters} == {1}
    # and the other way round: the strangers are gone, the phone is hers again
    rows = {key: row for key, row in rows.items() if key.startswith("a.")}
    assert days.run(rows).together("a.r:1", "a.r:2")


def test_what_a_guard_held_is_free_again_when_the_contradiction_is_gone():
    rows = {
        "a.r:1": {"full_name": "Harriet Stanhope", "phone": "+447900000203", "email": "harriet.s@example.org"},
        "a.r:2": {"full_name": "H. Stanhope", "email": "harriet.s@example.org", "phone": "+447900000604"},
        "a.r:3": {"full_name": "H. Stanhope", "email": "horace.s@example.org", "phone": "+447900000604"},
        "a.r:4": {"full_name": "Horace Stanhope", "phone": "+447900000203", "email": "horace.s@example.org"},
    }
    days = Days()
    first = days.run(rows)
    assert any(pair.is_guarded for pair in first.pairs.values())
    del rows["a.r:4"]
    after = days.run(rows)
    assert not any(pair.is_guarded for pair in after.pairs.values())
    assert after.clusters == {frozenset(rows)}


def test_a_decision_that_is_taken_back_leaves_the_evidence_to_speak():
    rows = {"a.r:1": ANN, "a.r:2": NEW_PHONE}
    days = Days()
    assert days.run(rows).together(*rows)
    assert days.run(rows, decisions=[("a.r:1", "a.r:2", "unlink")]).apart(*rows)
    assert days.run(rows, decisions=[("a.r:1", "a.r:2", "link")]).together(*rows)


def test_an_identifier_that_arrives_later_links_records_that_did_not_change():
    rows = {"a.r:1": ANN, "b.r:1": {"full_name": "A. Q.", "email": "someone@example.net"}}
    days = Days()
    assert days.run(rows).apart(*rows)
    given = [(key, "shop_customer_id", "881") for key in rows]
    assert days.run(rows, identifiers=given).together(*rows)
    assert days.run(rows).apart(*rows)


def test_a_day_without_news_compares_nothing_again():
    rows = shoppers(Random(9))
    days = Days()
    first = days.run(rows)
    second = days.run(rows)
    assert (second.clusters, second.pairs) == (first.clusters, first.pairs)
    (compared,) = days.connection.execute("select count(*) from changed").fetchone()
    assert compared == 0
