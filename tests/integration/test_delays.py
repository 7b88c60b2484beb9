"""How long what happens takes to be loaded and published is told per table, from the second run on."""

from datetime import timedelta

import duckdb
import pytest

from customer360 import delays
from customer360.publish import publish
from customer360.sources.contract import TABLES
from customer360.warehouse import new_id, utc_now, writing
from tests.integration import small_warehouse


@pytest.fixture
def settings(settings):
    small_warehouse.ready(settings)
    return settings


def measured(settings, published_at) -> dict[str, tuple]:
    with writing(settings, "test") as connection:
        rows = connection.execute(
            f"""
            select source_table, measured_count, median_minutes_to_load, longest_minutes_to_load, unpublished_count,
                median_minutes_to_publish, longest_minutes_to_publish
            from ({delays.query(published_at)}) where measured_count > 0
            """
        ).fetchall()
    return {table: figures for table, *figures in rows}


def load_orders(settings, *minutes_ago: int):
    """A load of orders that changed so many minutes before it."""
    with writing(settings, "test") as connection:
        now = utc_now()
        rows = " union all ".join(
            f"select 'late{minutes}' as order_id, timestamp '{now - timedelta(minutes=minutes)}' as updated_at, "
            f"'delivered' as status, timestamp '{now}' as ordered_at"
            for minutes in minutes_ago
        )
        small_warehouse.load(connection, "shop_orders", rows)
    return now


def started(settings, moment) -> None:
    small_warehouse.change(
        settings,
        f"insert into ops.model_runs values ('{new_id('run')}', '{moment}', 'build', 'build', 'running', 0, null, '')",
    )


def test_what_the_first_run_brought_has_no_delay(settings):
    assert measured(settings, utc_now()) == {}


def test_a_delay_lasts_from_the_change_in_the_source_to_the_load_that_brought_it(settings):
    loaded_at = load_orders(settings, 10, 20, 90)
    assert measured(settings, loaded_at + timedelta(hours=1)) == {"orders": [3, 20.0, 90.0, 3, None, None]}


def test_it_is_published_by_the_first_publication_whose_build_began_after_the_load(settings):
    loaded_at = load_orders(settings, 10, 20, 90)
    started(settings, loaded_at - timedelta(minutes=5))
    assert measured(settings, loaded_at + timedelta(minutes=5))["orders"][3:] == [3, None, None]
    started(settings, loaded_at + timedelta(minutes=10))
    assert measured(settings, loaded_at + timedelta(minutes=30))["orders"][3:] == [0, 50.0, 120.0]


def test_a_run_that_loads_in_several_steps_is_one_first_run(settings):
    load_orders(settings, 10)
    small_warehouse.change(settings, "update ops.loads set run_id = 'the first' where source_table = 'orders'")
    assert measured(settings, utc_now()) == {}


def test_every_table_of_every_source_is_published_with_its_newest_event(settings):
    publish(settings, run_id="run")
    with duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select source_system || '_' || source_table, version_count, newest_event_at from ops.source_delays"
        ).fetchall()
    assert {name for name, _, _ in rows} == set(TABLES)
    assert {name for name, versions, newest in rows if not versions or newest is None} == set()
