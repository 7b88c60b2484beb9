# ruff: noqa: E501, ISC004 (planted faults read best one to a line)
"""Each gate fails on the fault it is there for, says what is missing, and is not mistaken for a crash."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import small_warehouse

from customer360 import quality
from customer360.config import Settings
from customer360.errors import CheckCrashedError, IncompleteError, PublicationError
from customer360.publish import publish

EXPECTATIONS = Path(__file__).resolve().parents[2] / "expectations"


@pytest.fixture(scope="module")
def complete(tmp_path_factory) -> Path:
    """The home of a complete warehouse, copied by each test."""
    settings = Settings(home=tmp_path_factory.mktemp("complete"))
    small_warehouse.fill(settings)
    small_warehouse.build(settings)
    return settings.home


@pytest.fixture
def settings(complete, tmp_path) -> Settings:
    shutil.copytree(complete, tmp_path / "home")
    return Settings(home=tmp_path / "home")


def failed(settings: Settings, stage: str) -> tuple[set[tuple], str]:
    """(table, check, column) of what failed, and the one screen."""
    with pytest.raises(IncompleteError) as raised:
        quality.check(settings, run_id="run", stage=stage)
    rows = small_warehouse.query(
        settings,
        "select table_name, check_name, column_name from ops.completeness_results "
        "where status = 'failed' and checked_at = (select max(checked_at) from ops.completeness_results)",
    )
    assert "crashed" not in str(raised.value)
    assert str(raised.value).count("\n") < 26
    return set(rows), str(raised.value)


def test_a_complete_warehouse_passes_both_gates_and_writes_the_report(settings):
    for stage in ("raw", "publication"):
        results = quality.check(settings, run_id="run", stage=stage)
        assert Counter(result.status for result in results) == {"passed": len(results)}, [
            result.message for result in results if result.status != "passed"
        ]
    files = {str(path.relative_to(settings.home)) for path in settings.home.rglob("*") if path.is_file()}
    assert files == {"warehouse.duckdb", "warehouse.lock", "docs/quality/index.html"}
    page = settings.quality_report.read_text(encoding="utf-8")
    assert "<h1>Complete" in page
    assert "order_items" in page
    assert "customer_360" in page
    assert "example.org" not in page
    assert "Canary" not in page


def test_every_table_of_the_contract_and_every_promised_mart_is_checked(settings):
    from customer360.sources.contract import TABLES
    from customer360.suites import load_suites

    asked = {suite.table for suite in load_suites(settings)}
    assert {f"raw.{name}" for name in TABLES} <= asked
    design = """customer_360 customer_identities customer_timeline orders order_items tickets member_tiers member_tier_history
        growth_ledger customer_value_tiers value_tier_summary value_tier_periods followup_promises service_agents customer_owners deliveries
        returns satisfaction partners member_tier_restatements growth_ledger_restatements tier_benefits benefit_uses
        tier_benefit_gaps purchase_forecast_accuracy"""
    assert {f"marts.{name}" for name in design.split()} <= asked


# Faults that do not meet are planted together: each must be found by its own check, and nothing else may be.
RAW_FAULTS = [
    {
        "a table that did not come": (
            ["delete from raw.shop_products", "delete from ops.loads where source_table = 'products'"],
            ("raw.shop_products", "delivered", None),
            "raw.shop_products (delivered): delivered nothing",
        ),
        "one order of the source": (
            ["delete from raw.shop_orders where order_id = 'o5-2'"],
            ("raw.shop_orders", "source_count", None),
            "1,539 of 1,540, 1 missing",
        ),
        "statuses that came empty": (
            ["update raw.shop_orders set status = ' ' where ordered_at >= '2026-03-31'"],
            ("raw.shop_orders", "filled", "status"),
            "rows have no status",
        ),
        "orders without their lines": (
            [
                "delete from raw.shop_order_items where order_id like 'o1-%' or order_id = 'o5-2'",
                "delete from ops.loads where source_table = 'order_items'",
            ],
            ("raw.shop_order_items", "orders_with_lines", None),
            "20 missing",
        ),
        "a source that went stale": (
            ["update raw.helpdesk_tickets set updated_at = updated_at - interval 20 day"],
            ("raw.helpdesk_tickets", "freshness", "updated_at"),
            "days from the newest record (2026-03-11) to the as-of date (2026-03-31): 20",
        ),
        "tickets whose requester did not come": (
            ["delete from raw.helpdesk_users where id = 'u20'", "delete from ops.loads where source_table = 'users'"],
            ("raw.helpdesk_users", "requesters_known", None),
            "36 of 37, 1 missing",
        ),
        "too many rows in quarantine": (
            [
                "insert into ops.quarantine select 'l', now(), 'membership', 'activities', 'f', range, 'q' || range, 'type', "
                "'missing', 'Canary record', null, null from range(100)"
            ],
            ("raw.membership_activities", "quarantine", None),
            "records in quarantine: 100",
        ),
    },
    {
        "half a delivery": (
            ["delete from raw.membership_activities where hash(activity_id) % 2 = 0"],
            ("raw.membership_activities", "source_count", None),
            "missing",
        ),
        "a missing day": (
            [
                "delete from raw.shop_orders where ordered_at::date = '2026-02-18'",
                "delete from raw.shop_order_items where order_id not in (select order_id from raw.shop_orders)",
                "delete from ops.loads where source_system = 'shop'",
            ],
            ("raw.shop_orders", "no_missing_days", "ordered_at"),
            "2026-02-18: 0 of 20, 20 missing",
        ),
        "tickets without their history": (
            [
                "delete from raw.helpdesk_ticket_events where ticket_id like '%-9'",
                "delete from ops.loads where source_table = 'ticket_events'",
            ],
            ("raw.helpdesk_ticket_events", "tickets_with_events", None),
            "1,710 of 1,800, 90 missing",
        ),
    },
]


@pytest.mark.parametrize("faults", RAW_FAULTS, ids=lambda faults: ", ".join(faults))
def test_the_raw_gate_finds(settings, faults):
    found, screen = plant(settings, "raw", faults)
    named = {expected for _, expected, _ in faults.values()}
    assert {place for place in found if not is_learned(place)} == named
    touched = {table for table, _, _ in named}
    assert {table for table, _, _ in found} <= touched | {"raw.shop_order_items"}  # lines have the day of their order
    assert "Canary" not in settings.quality_report.read_text(encoding="utf-8") + screen


def is_learned(place: tuple) -> bool:
    """Whether a failure is one of those that tests/unit/test_completeness.py is about: they see these faults too."""
    return place[1].startswith("usual_") or place[1] in ("values_kept", "source_not_shrunk")


def plant(settings: Settings, stage: str, faults: dict) -> tuple[set[tuple], str]:
    for statements, _, _ in faults.values():
        small_warehouse.change(settings, *statements)
    found, screen = failed(settings, stage)
    for name, (_, expected, words) in faults.items():
        assert expected in found, name
        assert words in screen, screen
    return found, screen


def test_a_source_that_was_never_pulled_is_named_once(settings):
    tables = [name for name in small_warehouse.RAW if name.startswith("membership")]
    small_warehouse.change(
        settings, *(f"delete from raw.{t}" for t in tables), "delete from ops.loads where source_system = 'membership'"
    )
    found, screen = failed(settings, "raw")
    assert (None, "source_delivered", None) in found
    assert screen.count("membership") == 1
    assert "source membership delivered nothing: is CUSTOMER360_MEMBERS_URL set" in screen


def test_a_record_that_was_deleted_at_its_source_is_not_looked_at(settings):
    with small_warehouse.writing(settings, "test") as connection:
        small_warehouse.load(
            connection, "shop_products", "select 'p99' as product_id, $end as updated_at, '' as name, 5.00 as unit_cost"
        )
    assert failed(settings, "raw")[0] == {("raw.shop_products", "filled", "name")}
    small_warehouse.change(
        settings,
        "insert into raw.shop_products by name select * replace (_loaded_at + interval 1 second as _loaded_at, "
        "_loaded_at + interval 1 second as _deleted_noticed_at, _row_hash + 1 as _row_hash) "
        "from raw.shop_products where product_id = 'p99'",
        "update ops.loads set source_count = 10 where source_table = 'products'",
    )
    assert {result.status for result in quality.check(settings, run_id="run", stage="raw")} == {"passed"}


def test_a_corrected_record_counts_once_and_by_its_latest_version(settings):
    with small_warehouse.writing(settings, "test") as connection:
        small_warehouse.load(
            connection,
            "shop_orders",
            "select * exclude (_load_id, _loaded_at, _row_hash, updated_at, status), updated_at + interval 1 minute "
            "as updated_at, '' as status from raw.shop_orders where order_id like 'o3-%'",
        )
    found, screen = failed(settings, "raw")
    assert found == {("raw.shop_orders", "filled", "status")}
    assert "20 of 1,540 rows" in screen


PUBLICATION_FAULTS = [
    {
        "a lost source record": (
            ["delete from marts.customer_identities where source_record_id = 'c7'"],
            ("marts.customer_identities", "every_record_in_one_customer", None),
            "shop customers in a customer: 99 of 100, 1 missing",
        ),
        "a source record in two customers": (
            [
                "insert into marts.customer_identities select * replace ('Cshopc8' as customer_id) from "
                "marts.customer_identities where source_record_id = 'u7'"
            ],
            ("marts.customer_identities", "every_record_in_one_customer", None),
            "helpdesk users in more than one customer, or never sent: 1 where 0 should be, 1 too much",
        ),
        "a customer twice": (
            ["insert into marts.customer_360 select * from marts.customer_360 where customer_id = 'Cmembershipm3'"],
            ("marts.customer_360", "every_customer_once", None),
            "rows doubled, or of no customer_id that was sent: 2 where 0 should be, 2 too much",
        ),
        "customers of another day": (
            ["update marts.customer_360 set as_of_date = '2026-03-30' where customer_id = 'Cshopc1'"],
            ("marts.customer_360", "as_of_one_day", None),
            "264 of 265, 1 missing",
        ),
        "a penny gone between raw and orders": (
            ["update marts.orders set gross_sales = gross_sales - 0.01 where order_id = 'o5-2'"],
            ("marts.orders", "money_ties_out", None),
            "gross sales, against raw: 23,076.89 of 23,076.90, 0.01 missing",
        ),
        "a penny too much between orders and customers": (
            ["update marts.customer_360 set net_sales = net_sales + 0.01 where customer_id = 'Cshopc1'"],
            ("marts.customer_360", "money_ties_out", None),
            "net sales of customers, against orders: 22,705 where 22,704.99 should be, 0.01 too much",
        ),
        "a promised column without a value": (
            ["update marts.orders set customer_id = null where order_id = 'o5-2'"],
            ("marts.orders", "filled", "customer_id"),
            "1 of 1,540 rows have no customer_id",
        ),
        "a mart that is not there": (
            ["drop table marts.satisfaction"],
            ("marts.satisfaction", "exists", None),
            "marts that do not exist: satisfaction",
        ),
        "a ticket lost": (
            ["delete from marts.tickets where ticket_id = 't5-3'"],
            ("marts.tickets", "every_ticket_once", None),
            "tickets of the helpdesk: 1,799 of 1,800, 1 missing",
        ),
        "a member without a level": (
            ["delete from marts.member_tiers where customer_id = 'Cmembershipm9'"],
            ("marts.member_tiers", "every_member_once", None),
            "customers with a card: 49 of 50, 1 missing",
        ),
    },
    {
        "a customer lost": (
            ["delete from marts.customer_360 where customer_id = 'Cmembershipm3'"],
            ("marts.customer_360", "every_customer_once", None),
            "263 of 264, 1 missing",
        ),
        "an order twice": (
            [
                "insert into marts.orders select * replace (0 as net_sales, 0 as gross_sales, 0 as refunds, 0 as discount) "
                "from marts.orders where order_id = 'o5-3'"
            ],
            ("marts.orders", "every_order_once", None),
            "1 too much",
        ),
        "an order line lost": (
            ["delete from marts.order_items where order_item_id = 'o5-3-0'"],
            ("marts.order_items", "every_line_once", None),
            "order lines, with the rejected ones: 3,079 of 3,080, 1 missing",
        ),
        "a refund forgotten": (
            ["update marts.orders set refunds = 0, net_sales = net_sales + refunds where order_id = 'o5-7'"],
            ("marts.orders", "money_ties_out", None),
            "refunds, against raw: 253.08 of 256.41, 3.33 missing",
        ),
        "a customer without a value tier": (
            ["delete from marts.customer_value_tiers where customer_id = 'Cshopc1'"],
            ("marts.customer_value_tiers", "every_customer_once", None),
            "missing",
        ),
    },
]


@pytest.mark.parametrize("faults", PUBLICATION_FAULTS, ids=lambda faults: ", ".join(faults))
def test_the_publication_gate_finds(settings, faults):
    plant(settings, "publication", faults)


def test_a_mart_that_shrank_since_the_last_publication_is_not_published(settings):
    small_warehouse.passed(settings)
    publish(settings, run_id="run")
    small_warehouse.change(settings, "delete from marts.satisfaction where rowid < 5")
    found, screen = failed(settings, "publication")
    assert found == {("marts.satisfaction", "not_shrunk", None)}
    assert "45 of 50, 5 missing" in screen


def test_what_was_loaded_after_the_build_is_not_called_lost(settings):
    with small_warehouse.writing(settings, "test") as connection:
        small_warehouse.load(
            connection,
            "shop_orders",
            "select * exclude (_load_id, _loaded_at, _row_hash, order_id), 'new' || order_id as order_id from raw.shop_orders",
        )
    quality.check(settings, run_id="run", stage="publication")


def test_a_check_that_breaks_is_a_crash_and_says_nothing_about_the_data(settings):
    small_warehouse.change(settings, "alter table marts.tickets drop column opened_at")
    with pytest.raises(CheckCrashedError) as raised:
        quality.check(settings, run_id="run", stage="publication")
    assert raised.value.exit_code == 5
    assert "could not be carried out" in str(raised.value)
    assert "opened_at" in str(raised.value)
    assert small_warehouse.query(settings, "select distinct status from ops.completeness_results order by 1") == [
        ("crashed",),
        ("passed",),
    ]
    assert "<h1>Not known: 1 check could not be carried out" in settings.quality_report.read_text(encoding="utf-8")
    with pytest.raises(PublicationError, match="never checked"):
        publish(settings, run_id="run")


def test_a_failure_is_the_data_even_when_another_check_crashed(settings):
    small_warehouse.change(
        settings, "alter table marts.tickets drop column opened_at", "delete from marts.orders where order_id = 'o5-2'"
    )
    with pytest.raises(IncompleteError, match="1 could not be carried out"):
        quality.check(settings, run_id="run", stage="publication")


def own_folder(tmp_path: Path, *, exceptions: str = "", thresholds: str = "", closed_days: str = "") -> Path:
    folder = tmp_path / "own"
    folder.mkdir(exist_ok=True)
    headers = {
        "exceptions": "name,stage,check,table,column,reason,until\n",
        "thresholds": "table,check,column,setting,value,reason\n",
        "closed_days": "table,first_day,last_day,reason\n",
    }
    for name, rows in (("exceptions", exceptions), ("thresholds", thresholds), ("closed_days", closed_days)):
        (folder / f"{name}.csv").write_text(headers[name] + rows, encoding="utf-8")
    return folder


def test_a_company_states_what_it_accepts_as_data_and_the_report_shows_it(settings, tmp_path):
    small_warehouse.change(
        settings,
        "update raw.helpdesk_tickets set updated_at = updated_at - interval 20 day",
        "update raw.shop_customers set email = null where hash(customer_id) % 10 < 8",
        "delete from raw.shop_orders where ordered_at::date between '2026-02-16' and '2026-02-20'",
        "delete from raw.shop_order_items where order_id not in (select order_id from raw.shop_orders)",
        "delete from ops.loads where source_system = 'shop'",
    )
    found, screen = failed(settings, "raw")
    assert found == {
        ("raw.helpdesk_tickets", "freshness", "updated_at"),
        ("raw.shop_customers", "filled", "email"),
        ("raw.shop_orders", "no_missing_days", "ordered_at"),
    }
    assert "2026-02-16 to 2026-02-20: 0 of 100, 100 missing" in screen

    own = {
        "exceptions": "frozen helpdesk,raw,freshness,raw.helpdesk_tickets,,The helpdesk is being moved,2026-04-15\n",
        "thresholds": "raw.shop_customers,filled,email,mostly,0.05,Branches do not ask for an e-mail\n",
        "closed_days": "raw.shop_orders,2026-02-16,2026-02-20,Spring Festival\n",
    }
    results = quality.check(replace(settings, expectations=own_folder(tmp_path, **own)), run_id="run", stage="raw")
    (accepted,) = [result for result in results if result.status != "passed"]
    assert accepted.status == "accepted"
    assert "Accepted until 2026-04-15 as “frozen helpdesk”: The helpdesk is being moved" in accepted.message
    (changed,) = [r for r in results if r.table_name == "raw.shop_customers" and r.column_name == "email"]
    assert (changed.status, changed.expected) == ("passed", 0.05)
    assert "mostly set to 0.05: Branches do not ask for an e-mail" in changed.message
    page = settings.quality_report.read_text(encoding="utf-8")
    for words in ("frozen helpdesk", "in use", "mostly set to 0.05"):
        assert words in page


def test_an_exception_that_has_ended_stops_the_gate_again(settings, tmp_path):
    small_warehouse.change(settings, "update raw.helpdesk_tickets set updated_at = updated_at - interval 20 day")
    own = own_folder(tmp_path, exceptions="frozen,raw,freshness,raw.helpdesk_tickets,,Being moved,2026-03-30\n")
    with pytest.raises(IncompleteError, match="The exception “frozen” ended on 2026-03-30"):
        quality.check(replace(settings, expectations=own), run_id="run", stage="raw")


def test_the_as_of_setting_and_not_the_clock_decides_what_is_stale(settings):
    with pytest.raises(IncompleteError, match="freshness"):
        quality.check(replace(settings, as_of=date(2026, 6, 1)), run_id="run", stage="raw")


def test_a_build_that_was_killed_between_two_tables_stops_publication_alone(settings):
    small_warehouse.change(
        settings,
        "create table intermediate.rules as select 1 as rule",
        "create view intermediate.int_ruled as select * from intermediate.rules",
        "alter table marts.satisfaction rename to satisfied",
        "create view marts.satisfaction as select satisfied.* from marts.satisfied, intermediate.rules",
        "drop table intermediate.rules",
    )
    assert quality.check(settings, run_id="run", stage="raw")
    rows, screen = failed(settings, "publication")
    assert rows == {("marts.satisfaction", "exists", None)}
    assert "marts that do not exist: satisfaction" in screen


def test_a_source_that_shrank_is_not_usual_because_it_was_pulled_again(settings):
    def pulled(count: int) -> None:
        small_warehouse.change(
            settings,
            "insert into ops.loads by name select * replace ("
            f"'again-' || uuid() as load_id, {count} as source_count, 0 as rows_loaded, "
            f"timestamp '{small_warehouse.utc_now()}' as ended_at) "
            "from ops.loads where source_table = 'products' order by ended_at desc limit 1",
        )

    def shrunk() -> list[str]:
        query = "select status from ops.completeness_results where check_name = 'source_not_shrunk' "
        query += "and table_name = 'raw.shop_products' and checked_at = (select max(checked_at) from ops.completeness_results)"
        with suppress(IncompleteError):
            quality.check(settings, run_id="run", stage="raw")
        return [status for (status,) in small_warehouse.query(settings, query)]

    pulled(1000)
    assert shrunk() == ["passed"]
    for _ in range(5):
        pulled(500)
        assert shrunk() == ["failed"]
    pulled(1001)
    assert shrunk() == ["passed"]
