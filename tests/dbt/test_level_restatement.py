"""What becomes known late, through the real pipeline: an order backdated across a level, a refund half a year old.

Only the two members it is about are restated, with the reason; what the warehouse said before can still be asked.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import duckdb
import pytest

from customer360.build import build
from customer360.levels.explain import explain
from customer360.levels.explain_text import in_words
from customer360.levels.standing import standing
from customer360.sources import orders

# What the warehouse said at a time about the level on a day.
SAID = """
    with statements as (
        select customer_id, level, growth_value, valid_from, valid_to, known_at, null as known_until
        from marts.member_tier_history
        union all
        select customer_id, level, growth_value, valid_from, valid_to, known_at, known_until
        from marts.member_tier_restatements
    )
    select customer_id, day, level
    from statements
    inner join (select unnest(?) as day) on valid_from <= day and (valid_to is null or day < valid_to)
    where known_at <= ? and (known_until is null or known_until > ?)
    order by all
"""


@pytest.fixture(scope="module")
def restated(sample, tmp_path_factory):
    """Homes before and after the late arrivals, and what arrived: (before, after, order, refund)."""
    home = tmp_path_factory.mktemp("late")
    shutil.copy(sample.warehouse, home / sample.warehouse.name)
    shutil.copytree(sample.home / "dbt", home / "dbt")
    shop = home / "shop.sqlite"
    shutil.copy(sample.sample / "shop.sqlite", shop)
    settings = replace(sample, home=home, shop_url=f"sqlite:///{shop}")
    with duckdb.connect(str(sample.warehouse), read_only=True) as connection:
        order, refund = _order_to_backdate(connection), _line_to_refund(connection)
    _write(shop, order, refund)
    orders.pull(settings, run_id="late", progress=lambda _: None)
    build(settings, run_id="late", progress=lambda _: None)
    return sample, settings, order, refund


def _order_to_backdate(connection) -> dict:
    """A bronze member with an order of 100 to 300 days ago; a copy, ten times as dear, would have made them silver."""
    row = connection.execute(
        """
        select ledger.customer_id, ledger.order_id, any_value(ledger.occurred_at), sum(ledger.growth_value)
        from marts.growth_ledger as ledger
        inner join marts.member_tiers as tiers using (customer_id)
        where tiers.level = 'bronze' and ledger.source_table = 'order_items' and growth_remaining = ledger.growth_value
            and ledger.counts_from between as_of_date - 300 and as_of_date - 100
            and ledger.customer_id not in (select customer_id from marts.growth_ledger where growth_value < 0)
            and ledger.customer_id not in (select customer_id from marts.member_tier_history where level_rank > 2)
        group by all having sum(ledger.growth_value) > 90 order by all limit 1
        """
    ).fetchone()
    return dict(zip(("customer_id", "order_id", "occurred_at", "growth"), row, strict=True))


def _line_to_refund(connection) -> dict:
    """A member whose one large order line of over 190 days ago made them rise, and none of it has come back."""
    row = connection.execute(
        """
        select ledger.customer_id, ledger.order_id, ledger.source_record_id, ledger.occurred_at, ledger.growth_value
        from marts.growth_ledger as ledger
        inner join marts.member_tier_history as history
            on history.customer_id = ledger.customer_id and history.valid_from = ledger.counts_from
            and history.change_reason = 'growth earned'
        inner join marts.member_tiers as tiers on tiers.customer_id = ledger.customer_id
        where ledger.source_table = 'order_items' and tiers.level = history.level and history.valid_to is null
            and ledger.counts_from < as_of_date - 190
            and history.growth_value - ledger.growth_value < 200 and ledger.growth_remaining = ledger.growth_value
            and ledger.customer_id not in (
                select later.customer_id from marts.growth_ledger as later
                where later.customer_id = ledger.customer_id and later.counts_from > ledger.counts_from
                    and later.growth_value > 50
            )
        order by all limit 1
        """
    ).fetchone()
    return dict(zip(("customer_id", "order_id", "order_item_id", "occurred_at", "growth"), row, strict=True))


def _write(shop, order: dict, refund: dict) -> None:
    """Copy the order with ten times its prices, and refund the line as if half a year ago; both as of the last day."""
    with sqlite3.connect(shop) as connection:
        connection.row_factory = sqlite3.Row
        now = connection.execute("select max(updated_at) from orders").fetchone()[0]
        for table, key in (("orders", "order_id"), ("order_items", "order_item_id")):
            rows = connection.execute(f"select * from {table} where order_id = ?", [order["order_id"]]).fetchall()
            for row in map(dict, rows):
                row |= {key: f"{row[key]}-late", "order_id": f"{order['order_id']}-late", "updated_at": now}
                row |= {
                    name: str(Decimal(value) * 10)
                    for name, value in row.items()
                    if value and (name.endswith("_amount") or name == "unit_price")
                }
                _insert(connection, table, row)
        row = dict(connection.execute("select * from returns where status = 'refunded' limit 1").fetchone())
        quantity, paid = connection.execute(
            "select quantity, line_amount from order_items where order_item_id = ?", [refund["order_item_id"]]
        ).fetchone()
        refund["refunded_at"] = refund["occurred_at"] + timedelta(days=14)
        row |= {"return_id": "LATE-REFUND", "order_id": refund["order_id"], "order_item_id": refund["order_item_id"]}
        row |= {"quantity": quantity, "refund_amount": paid, "updated_at": now, "status": "refunded"}
        row |= dict.fromkeys(("requested_at", "received_at", "refunded_at"), str(refund["refunded_at"]))
        _insert(connection, "returns", row)


def _insert(connection, table: str, row: dict) -> None:
    columns, marks = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))


def ask(settings, query: str, *parameters) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(query, list(parameters)).fetchall()


def test_only_the_two_members_are_restated_and_the_reason_is_given(restated):
    _, after, order, refund = restated
    reasons = dict(
        ask(after, "select customer_id, list(distinct restated_because) from marts.member_tier_restatements group by 1")
    )
    assert reasons == {
        order["customer_id"]: ["an order became known late"],
        refund["customer_id"]: ["a refund became known late"],
    }
    by = dict(ask(after, "select distinct customer_id, restated_by from marts.member_tier_restatements"))
    assert by == {order["customer_id"]: f"{order['order_id']}-late", refund["customer_id"]: refund["order_id"]}


def test_the_backdated_order_counts_from_the_day_it_was_paid(restated):
    _, after, order, _ = restated
    found = ask(
        after,
        "select level, change_reason from marts.member_tier_history where customer_id = ? and valid_from = ?",
        order["customer_id"],
        order["occurred_at"].date(),
    )
    assert found == [("silver", "growth earned")]


def test_the_refund_lowers_the_level_from_the_day_of_the_refund_and_not_before(restated):
    before, after, _, refund = restated
    history = "select level, valid_from, change_reason from marts.member_tier_history where customer_id = ? order by 2"
    was, now = (ask(settings, history, refund["customer_id"]) for settings in (before, after))
    assert now[: len(was)] == was
    assert now[len(was)][1:] == (refund["refunded_at"].date(), "goods returned")
    (taken,) = ask(
        after,
        "select growth_value from marts.growth_ledger where source_record_id = 'LATE-REFUND'",
    )
    assert taken == (-refund["growth"],)


def test_what_the_warehouse_said_before_can_still_be_asked(restated):
    before, after, order, refund = restated
    (first_build,) = ask(before, "select max(known_at) from marts.member_tier_history")[0]
    days = [
        row[0]
        for row in ask(
            before,
            "select unnest(range(as_of_date - 500, as_of_date, interval 23 day))::date"
            " from (select max(as_of_date) as as_of_date from marts.member_tiers)",
        )
    ]
    said = ask(before, SAID, days, first_build, first_build)
    assert len({level for _, _, level in said}) > 2
    assert ask(after, SAID, days, first_build, first_build) == said
    (now,) = ask(after, "select max(known_at) from marts.member_tier_history")[0]
    says = ask(after, SAID, days, now, now)
    assert {row[0] for row in set(says) ^ set(said)} == {order["customer_id"], refund["customer_id"]}


def test_a_standing_can_be_asked_as_it_was_believed(restated):
    before, after, order, _ = restated
    (first_build,) = ask(before, "select max(known_at) from marts.member_tier_history")[0]
    day = order["occurred_at"].date() + timedelta(days=30)
    with duckdb.connect(str(after.warehouse), read_only=True) as connection:
        now = standing(connection, order["customer_id"], day=day)
        then = standing(connection, order["customer_id"], day=day, known_at=first_build)
    assert (then.level, now.level) == ("bronze", "silver")
    assert now.growth_value - then.growth_value == order["growth"] * 10


def test_the_explanation_says_what_was_learnt_and_what_was_believed_before(restated):
    before, after, order, refund = restated
    (first_build,) = ask(before, "select max(known_at) from marts.member_tier_history")[0]
    (today,) = ask(after, "select max(known_at) from marts.member_tier_history")[0]
    learnt = f"On {today.day} {today:%B %Y} we learnt: "
    with duckdb.connect(str(after.warehouse), read_only=True) as connection:

        def told(customer_id: str, **options) -> str:
            return "\n".join(in_words(explain(connection, customer_id, **options)))

        backdated, returned = told(order["customer_id"]), told(refund["customer_id"])
        then = told(order["customer_id"], known_at=first_build)
        day_before = told(order["customer_id"], day=order["occurred_at"].date() - timedelta(days=1))
    assert (
        f"{learnt}an order became known late ({order['order_id']}-late).\n    Until then we believed: Bro" in backdated
    )
    assert f"{learnt}a refund became known late ({refund['order_id']})." in returned
    assert "Level: Silver" in backdated
    assert "Level: Bronze" in then
    assert not re.search(r"believed: (\S+) on ([^;]+); it is \1 on \2\.", backdated)  # a line as before is no news
    for unchanged in (then, day_before):
        assert "we learnt" not in unchanged
        assert "-late" not in unchanged
    with duckdb.connect(str(before.warehouse), read_only=True) as connection:
        at_first = "\n".join(in_words(explain(connection, order["customer_id"])))
    assert then.splitlines()[2:] == at_first.splitlines()[2:]


def test_nothing_else_of_the_ledger_moved(restated):
    before, after, order, refund = restated
    entries = "select * from marts.growth_ledger where customer_id not in (?, ?) order by customer_id, entry_id"
    members = (order["customer_id"], refund["customer_id"])
    assert ask(after, entries, *members) == ask(before, entries, *members)


def test_building_again_restates_nothing(restated):
    _, after, _, _ = restated
    counts = """
        select (select count(*) from marts.member_tier_restatements),
            (select count(*) from marts.growth_ledger_restatements),
            (select sum(hash(t)::hugeint) from marts.member_tier_history t),
            (select sum(hash(t)::hugeint) from marts.growth_ledger t)
    """
    before = ask(after, counts)
    remembering = "int_growth_entries int_member_level_periods int_member_level_beliefs"
    marts = "growth_ledger growth_ledger_restatements member_tier_history member_tier_restatements"
    select = f"{remembering} {marts}"
    build(after, run_id="again", full_refresh=True, select=select, with_tests=False, progress=lambda _: None)
    assert ask(after, counts) == before
