"""Erased people do not come back with a delivery: what is withheld, what is redacted, and whom it does not touch."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from customer360.erasure import books, certificate, erase, prepare, reapply, steps, tombstones, withhold
from customer360.erasure import plan as plans
from customer360.erasure.person import Person
from customer360.erasure.tombstones import Tombstone, fingerprint
from customer360.errors import ErasureError
from customer360.sources import raw
from customer360.sources.contract import TABLES
from customer360.warehouse import writing

ERASED_AT = datetime(2026, 3, 1, 12)
BEFORE, AFTER = "2026-02-01 08:00:00", "2026-03-02 08:00:00"
KNOWN = [
    ("shop_customers", "C1"),
    ("helpdesk_users", "77"),
    ("membership_members", "M1"),
    ("email", "ann.li@mail.example"),
    ("phone", "800138001"),
    ("name", "ann li"),
    ("phone_and_name", "800138001 ann li"),
]


def remember(settings, known=KNOWN) -> None:
    with writing(settings, "test") as connection:
        key = tombstones.key_of(settings)
        made = [
            Tombstone("erasure_1", ERASED_AT, kind, fingerprint(key, kind, said), "erased-1") for kind, said in known
        ]
        tombstones.write(settings, connection, made)


def deliver(settings, table: str, *rows: dict) -> raw.Load:
    file = settings.home / f"{table}.jsonl"
    file.parent.mkdir(exist_ok=True)
    flat = ({name: json.dumps(said) if name == "child_events" else said for name, said in row.items()} for row in rows)
    file.write_text("\n".join(json.dumps({"updated_at": BEFORE} | row) for row in flat))
    landed = settings.home / f"{table}.parquet"
    duckdb.execute(f"copy (select * from read_json('{file}', convert_strings_to_integers = false)) to '{landed}'")
    return raw.write(settings, [raw.Delivery(TABLES[table], [landed])])[0]


def rows(settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def customer(key: str, **said) -> dict:
    empty = dict.fromkeys(("full_name", "email", "phone", "contact_person"), "")
    return {"customer_id": key, "registered_at": BEFORE} | empty | said


def order(key: str, **said) -> dict:
    return {
        "order_id": key, "customer_id": None, "status": "paid", "ordered_at": BEFORE, "total_amount": "12.50",
        "recipient_name": "Ann Li", "recipient_phone": "+86 138 0013 8001", "recipient_email": "Ann.Li@mail.example",
        "ship_city": "Leeds", "is_gift": False,
    } | said  # fmt: skip


def test_a_record_that_was_erased_is_withheld_and_counted(settings):
    remember(settings)
    load = deliver(settings, "shop_customers", customer("C1", email="other@mail.example"), customer("C2"))
    assert (load.rows_read, load.rows_loaded, load.rows_withheld, load.rows_unchanged) == (2, 1, 1, 0)
    assert rows(settings, "select customer_id from raw.shop_customers") == [("C2",)]
    assert deliver(settings, "membership_members", {"member_id": "M1", "joined_on": "2026-01-01"}).rows_withheld == 1
    views = [{"view_id": f"V{i}", "member_id": f"M{i}", "product_id": "P", "viewed_at": BEFORE} for i in (1, 2)]
    assert deliver(settings, "membership_product_views", *views).rows_withheld == 1


def test_another_account_of_the_person_is_withheld_if_it_is_older_than_the_erasure(settings):
    remember(settings)
    load = deliver(
        settings,
        "shop_customers",
        customer("C3", email=" ANN.LI@mail.example "),
        customer("C4", full_name="Li Ann", phone="0138-0013-8001"),
        customer("C5", full_name="Bo Li", phone="0138-0013-8001"),  # the family's telephone
        customer("C6", full_name="Ann Li"),  # a namesake
        customer("C7", email="ann.li@mail.example", registered_at=AFTER),  # came of their own free will
    )
    assert load.rows_withheld == 2
    assert rows(settings, "select customer_id from raw.shop_customers order by 1") == [("C5",), ("C6",), ("C7",)]
    # An account that was recognised once is erased for good, with what belongs to it.
    deliver(settings, "shop_orders", order("O1", customer_id="C3", ordered_at=AFTER))
    assert rows(settings, "select customer_id, recipient_name from raw.shop_orders") == [("erased-1", None)]


def test_orders_stay_with_their_money_and_without_the_person(settings):
    remember(settings)
    load = deliver(
        settings,
        "shop_orders",
        order("O1", customer_id="C1", nickname="Annie"),
        order("O2"),  # as a guest
        order("O3", ordered_at=AFTER),
        order("O4", customer_id="C2", is_gift=True),  # to the person, from somebody else
        order(
            "O5", customer_id="C2", recipient_name="Bo", recipient_phone="12345678", recipient_email="bo@mail.example"
        ),
    )
    assert (load.rows_loaded, load.rows_withheld) == (5, 0)
    found = rows(
        settings,
        "select order_id, customer_id, recipient_name, recipient_phone, recipient_email, ship_city, nickname, "
        "total_amount from raw.shop_orders order by 1",
    )
    assert [row[:7] for row in found] == [
        ("O1", "erased-1", None, None, None, None, None),
        ("O2", "erased-1", None, None, None, None, None),
        ("O3", None, "Ann Li", "+86 138 0013 8001", "Ann.Li@mail.example", "Leeds", None),
        ("O4", "C2", None, None, None, None, None),
        ("O5", "C2", "Bo", "12345678", "bo@mail.example", "Leeds", None),
    ]
    assert {float(row[7]) for row in found} == {12.5}


def test_what_was_redacted_is_the_same_version_when_it_comes_again(settings):
    remember(settings)
    given = [order("O1", customer_id="C1"), order("O2"), order("O4", customer_id="C2", is_gift=True)]
    assert deliver(settings, "shop_orders", *given).rows_loaded == 3
    again = deliver(settings, "shop_orders", *given)
    assert (again.rows_loaded, again.rows_unchanged) == (0, 3)


def test_a_ticket_stays_as_events_and_others_words_lose_the_person(settings):
    remember(settings)
    deliver(settings, "shop_orders", order("O9", customer_id="C1"))
    said = "Write to ann.li@mail.example, or ring 138 0013 8001 and ask for Ann Li."
    ticket = {
        "status": "open",
        "created_at": BEFORE,
        "subject": "Late",
        "description": said,
        "tags": ["late", "ann_li"],
    }
    fields = {
        "custom_fields": [{"id": 1, "value": "for Ann"}, {"id": 2, "value": 3}, {"id": 3, "value": "#o9"}],
        "via": {"channel": "email", "source": {"from": "x"}},
    }
    deliver(
        settings,
        "helpdesk_tickets",
        ticket | fields | {"id": "1", "requester_id": "77"},
        ticket | fields | {"id": "2", "requester_id": "88"},
        ticket | fields | {"id": "3", "requester_id": "88", "created_at": AFTER},
    )
    mine, others, later = rows(
        settings, "select requester_id, subject, description, via, custom_fields from raw.helpdesk_tickets order by id"
    )
    assert mine[:3] == ("erased-1", None, None)
    assert json.loads(mine[3]) == {"channel": "email"}
    assert json.loads(mine[4]) == [{"id": 1, "value": None}, {"id": 2, "value": 3}, {"id": 3, "value": "#o9"}]
    assert others[:3] == ("88", "Late", "Write to [erased], or ring [erased] and ask for [erased].")
    assert later[2] == said
    comment = {"id": 5, "event_type": "Comment", "author_id": 77, "body": said, "html_body": said, "public": True}
    change = {"id": 6, "event_type": "Change", "status": "solved", "previous_value": "open"}
    event = {"created_at": BEFORE, "event_type": "Audit"}
    deliver(
        settings,
        "helpdesk_ticket_events",
        event
        | {"id": "1", "ticket_id": "1", "updater_id": "900", "child_events": [comment | {"author_id": 900}, change]},
        event | {"id": "2", "ticket_id": "2", "updater_id": "900", "child_events": [comment, change]},
    )
    own, elsewhere = (
        json.loads(found)
        for (found,) in rows(settings, "select child_events from raw.helpdesk_ticket_events order by id")
    )
    assert own == [{"id": 5, "event_type": "Comment", "public": True, "author_id": 900}, change]
    assert elsewhere == [{"id": 5, "event_type": "Comment", "public": True, "author_id": "erased-1"}, change]


def test_quarantine_keeps_nothing_of_an_erased_person(settings):
    remember(settings)
    load = deliver(
        settings,
        "shop_orders",
        order("O1", customer_id="C1", total_amount="a lot"),
        order("O2", total_amount="a lot"),
        order("O3", customer_id="C2", recipient_email="", recipient_name="", recipient_phone="", total_amount="a lot"),
    )
    assert load.rows_quarantined == 3
    assert [record for (record,) in rows(settings, "select source_record_id from ops.quarantine")] == ["O3"]


def test_a_new_warehouse_takes_the_tombstones_from_their_file(settings):
    remember(settings)
    fresh = replace(settings, home=settings.home.parent / "fresh")
    with writing(fresh, "test"):
        fresh.key_file.parent.mkdir(parents=True)
    for name in ("hash.key", "erasures.jsonl"):
        (fresh.key_file.with_name(name)).write_bytes(settings.key_file.with_name(name).read_bytes())
    assert tombstones.tombstone_file(fresh).stat().st_size > 0
    assert deliver(fresh, "shop_customers", customer("C1"), customer("C2")).rows_withheld == 1
    stored = Path(tombstones.tombstone_file(settings))
    assert stored.stat().st_mode & 0o777 == 0o600
    assert b"ann" not in stored.read_bytes().lower()


def test_a_warehouse_that_was_restored_is_made_to_forget_again(settings):
    deliver(settings, "shop_customers", customer("C1"), customer("C2"))
    deliver(settings, "shop_orders", order("O1", customer_id="C1"))
    hashed = rows(settings, "select _row_hash from raw.shop_orders")
    remember(settings)
    with writing(settings, "test") as connection:
        found = reapply(settings, connection)
    assert found["shop_customers"].removed == 1
    assert rows(settings, "select customer_id from raw.shop_customers") == [("C2",)]
    assert rows(settings, "select customer_id, total_amount::int from raw.shop_orders") == [("erased-1", 13)]
    # Of what was taken out not even its hash stays, and the same again is nothing new.
    assert rows(settings, "select _row_hash from raw.shop_orders") != hashed
    assert deliver(settings, "shop_orders", order("O1", customer_id="C1")).rows_unchanged == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("membership_members", {"member_id": "M2", "joined_on": "2026-01-01", "referred_by": "M1"}),
        ("shop_orders", order("O4", customer_id="C2", is_gift=True)),
        (
            "helpdesk_tickets",
            {"id": "2", "requester_id": "88", "status": "open", "created_at": BEFORE, "description": "Ask Ann Li."},
        ),
    ],
)
def test_what_others_keep_without_the_person_keeps_no_hash_of_the_person(settings, table, said):
    deliver(settings, table, said)
    hashed = rows(settings, f"select _row_hash from raw.{table}")
    remember(settings)
    with writing(settings, "test") as connection:
        assert reapply(settings, connection)[table].named == 1
    assert rows(settings, f"select _row_hash from raw.{table}") != hashed
    assert deliver(settings, table, said).rows_unchanged == 1


def test_a_connection_that_cannot_recognise_anybody_loads_nothing(settings):
    remember(settings)
    with writing(settings, "test") as connection, pytest.raises(RuntimeError, match="prepare"):
        withhold(connection, TABLES["shop_customers"])
    with writing(settings, "test") as connection:
        assert prepare(settings, connection)


def begun(settings, **said) -> plans.Plan:
    strings = ["C360-1", "shop.customers:C1", "ann.li@mail.example", "Ann Li", "1 Mill Lane"]
    ann = Person("C360-1", {"shop_customers": ["C1"]}, [("email", "ann.li@mail.example")], strings, {"phone": 1})
    plan = plans.Plan("erasure_1", ERASED_AT, "me", "asked", [ann], had_backups=False, is_settled=True)
    for name, value in said.items():
        setattr(plan, name, value)
    plan.save(settings)
    return plan


def test_an_erasure_that_would_change_the_books_erases_nothing(settings, monkeypatch):
    deliver(settings, "shop_customers", customer("C1"))
    deliver(settings, "shop_orders", order("O1", customer_id="C1"), order("O2", customer_id="C2"))
    begun(settings)
    held = "select customer_id, recipient_name from raw.shop_orders order by order_id"
    before = rows(settings, held)

    forget = steps.forget_memory

    def takes_too_much(connection):
        connection.execute("delete from raw.shop_orders where order_id = 'O2'")
        return forget(connection)

    with monkeypatch.context() as during:
        during.setattr(steps, "forget_memory", takes_too_much)
        with pytest.raises(ErasureError, match=r"nothing was erased: .*shop_orders\.total_amount 25\.0+ -> 12\.50*"):
            erase(settings, [], who="me", why="asked", publish=False, progress=lambda _: None)
    assert rows(settings, held) == before
    assert rows(settings, "select customer_id from raw.shop_customers") == [("C1",)]
    assert rows(settings, "select count(*) from ops.erasures") == [(0,)]
    erase(settings, [], who="me", why="asked", publish=False, progress=lambda _: None)
    mine, others = rows(settings, held)
    assert (mine[0].startswith("erased-"), mine[1], others) == (True, None, before[1])


def test_an_erasure_that_is_refused_leaves_no_tombstone_behind(settings, monkeypatch):
    remember(settings, [("shop_customers", "C9")])
    deliver(settings, "shop_orders", order("O1", customer_id="C1"))
    begun(settings)

    def refused(*_):
        raise ErasureError("nothing was erased")

    with monkeypatch.context() as during:
        during.setattr(books, "require_equal", refused)
        with pytest.raises(ErasureError):
            erase(settings, [], who="me", why="asked", publish=False, progress=lambda _: None)
    deliver(settings, "shop_orders", order("O1", customer_id="C1", status="delivered", updated_at=AFTER))
    last = "select customer_id, recipient_name from raw.shop_orders order by updated_at desc limit 1"
    assert rows(settings, last) == [("C1", "Ann Li")]
    assert deliver(settings, "shop_customers", customer("C9")).rows_withheld == 1


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ("update raw.shop_orders set total_amount = 12.51 where order_id = 'O1'", "total_amount 25.0000 -> 25.0100"),
        ("update raw.shop_orders set order_id = 'O1'", "records 2 -> 1"),
        ("insert into raw.shop_orders select * replace (null as total_amount) from raw.shop_orders", "rows 2 -> 4"),
    ],
)
def test_the_books_differ_by_a_cent_an_order_or_a_row(settings, change, differs):
    deliver(settings, "shop_orders", order("O1"), order("O2"))
    with writing(settings, "test") as connection:
        before = books.raw_totals(connection)
        books.require_equal(before, books.raw_totals(connection), "nothing was erased")
        connection.execute(change)
        with pytest.raises(ErasureError, match=f"raw.shop_orders.{differs}"):
            books.require_equal(before, books.raw_totals(connection), "nothing was erased")
        with pytest.raises(ErasureError, match=r"raw\.shop_orders rows 2 -> None"):
            books.require_equal(before, {}, "nothing was erased")


def test_a_certificate_counts_what_was_done_and_tells_of_nobody(settings):
    plan = begun(
        settings,
        why="asked by Ann Li, ANN.LI@mail.example, 1 Mill Lane",
        places={"raw.shop_orders (redacted)": 2},
        before={"raw.shop_orders rows": "2"},
        after={"raw.shop_orders rows": "2"},
    )
    file = certificate.write(settings, plan, {"files": 7, "tables": 5})
    said, page = json.loads(file.read_text()), file.with_suffix(".md").read_text()
    assert said["why"] == "asked by xxxxxx, xxxxxxxxxxxxxxxxxxx, xxxxxxxxxxx"
    assert said["why"] in page
    for text in (file.read_text().lower(), page.lower()):
        assert not any(string.lower() in text for string in plan.people[0].strings)
    assert (said["people"], said["source_records"], said["places"]) == (1, {"shop_customers": 1}, plan.places)
    assert (len(said["tombstones"]), len(said["pseudonyms"])) == (2, 1)
    assert {len(tombstone) for tombstone in said["tombstones"]} == {12}
    assert (said["left_because_others_have_it_too"], said["proof"]["tables"]) == ({"phone": 1}, 5)
    assert (said["books_before"], said["books_after"]) == (plan.before, plan.after)
    assert "All figures are equal" in page
    assert [each.stat().st_mode & 0o777 for each in (file, file.with_suffix(".md"), file.parent)] == [
        0o600,
        0o600,
        0o700,
    ]
    plan.after = {"raw.shop_orders rows": "3"}
    page = certificate.write(settings, plan, {"files": 7, "tables": 5}).with_suffix(".md").read_text()
    assert "All figures are equal" not in page
    assert "| raw.shop_orders rows | 2 | 3 |" in page


def test_a_plan_is_for_its_owner_only_and_leaves_none_of_its_bytes(settings, tmp_path):
    plan = begun(settings)
    (file,) = settings.key_file.parent.glob("erasing-*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    same_bytes = tmp_path / "same"
    same_bytes.hardlink_to(file)
    assert b"Ann Li" in same_bytes.read_bytes()
    plan.remove(settings)
    assert set(same_bytes.read_bytes()) == {0}


@pytest.mark.parametrize("kill_at", ["json.dump", "os.rename", "os.fsync", "pathlib.Path.unlink"])
@pytest.mark.parametrize("step", ["saved again", "removed"])
def test_a_plan_is_whole_or_gone_wherever_its_erasure_was_killed(settings, monkeypatch, step, kill_at):
    def dies(*_, **__):
        raise KeyboardInterrupt

    ann = Person("C360-1", {"shop_customers": ["C1"]}, [("email", "ann.li@mail.example")], ["ann.li@mail.example"])
    plan = plans.Plan("erasure_1", ERASED_AT, "me", "asked", [ann], had_backups=False, is_settled=True)
    plan.save(settings)
    with monkeypatch.context() as during, contextlib.suppress(KeyboardInterrupt):
        during.setattr(kill_at, dies)
        if step == "saved again":
            plan.finished(settings, "facts")
        else:
            plan.remove(settings)
    left = plans.pending(settings)
    assert [each.people for each in left] in ([[[ann]]] if step == "saved again" else [[[ann]], []])
    for each in left:
        each.remove(settings)
    assert [file for file in settings.home.rglob("*") if "erasing" in file.name] == []
