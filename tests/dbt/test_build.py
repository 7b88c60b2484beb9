"""The build itself: repeatable, incremental without a difference, resumable, and never half-publishable."""

import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest
from mart_contents import contents

from customer360.build import as_of_date, build, project_folder, require_finished_build
from customer360.config import Settings
from customer360.errors import BuildError
from customer360.warehouse import reading, writing


def quiet(_line):
    pass


def test_building_again_changes_nothing_and_leaves_no_working_tables(copy_of_sample):
    settings = copy_of_sample()
    before = contents(settings.warehouse)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "create table main.record_pairs__dbt_tmp20260101 as select 'of a killed build' as left_behind"
        )
        connection.execute("create table main.somebody_elses as select 1 as one")
    build(settings, run_id="again", with_tests=False, progress=quiet)
    assert contents(settings.warehouse) == before
    with duckdb.connect(str(settings.warehouse)) as connection:
        assert connection.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall() == [
            ("somebody_elses",)
        ]


A_NEW_DAY = """
-- a new order of an old customer, corrections, late older versions, and a new account that joins two customers
set variable loaded = (select max(_loaded_at) + interval 1 day from raw.shop_orders);
set variable newest = (select max(updated_at) from raw.shop_orders);

insert into raw.shop_orders by name
select * replace ('NEW-1' as order_id, getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at)
from raw.shop_orders where status = 'delivered' order by order_id limit 1;
insert into raw.shop_order_items by name
select * replace ('NEW-1-1' as order_item_id, 'NEW-1' as order_id,
    getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at)
from raw.shop_order_items order by order_item_id limit 1;

insert into raw.shop_orders by name
select * replace ('cancelled' as status, getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at)
from raw.shop_orders where status = 'delivered' order by order_id desc limit 5;

insert into raw.shop_orders by name
select * replace ('created' as status, updated_at - interval 1 day as updated_at, getvariable('loaded') as _loaded_at)
from raw.shop_orders where status = 'shipped' order by order_id limit 5;

insert into raw.shop_customers by name
with ends as (
    select max(email) filter (where customer_id = first) as email, max(phone) filter (where customer_id = last) as phone
    from raw.shop_customers, (
        select min(shop_customer_id) as first, max(shop_customer_id) as last
        from staging.stg_shop__customers
        where email_normalised is not null and phone_normalised is not null and born_on is null
    )
)
select 'NEW-CUSTOMER' as customer_id, email, phone,
    getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at
from ends;

insert into raw.membership_activities by name
select * replace ('NEW-A' as activity_id, getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at)
from raw.membership_activities where type = 'sign_in' order by activity_id limit 1;

insert into raw.helpdesk_ticket_events by name
select * replace (getvariable('newest') as updated_at, getvariable('loaded') as _loaded_at, id || '-new' as id)
from raw.helpdesk_ticket_events order by id limit 20;
"""


ALL_BUT_HOW_SURE = (
    "source_system", "source_table", "source_record_id", "customer_id", "match_rule", "valid_from", "valid_to",
)  # fmt: skip


def test_a_day_added_gives_the_same_marts_as_building_all_anew_with_little_memory(copy_of_sample):
    by_day, anew = copy_of_sample("by_day"), replace(copy_of_sample("anew"), memory_limit="300MB")
    for settings in (by_day, anew):
        with writing(settings, "a new day") as connection:
            connection.execute(A_NEW_DAY)
    before = contents(by_day.warehouse)
    build(by_day, run_id="day", progress=quiet)
    build(anew, run_id="anew", full_refresh=True, with_tests=False, progress=quiet)
    after, all_anew = contents(by_day.warehouse), contents(anew.warehouse)
    # A day keeps the matching model, all anew learns it anew: who is one customer is the same, how sure differs a hair.
    identities = after.pop("customer_identities")
    assert identities[0] == all_anew.pop("customer_identities")[0]
    assert after == all_anew
    with duckdb.connect() as connection:
        for name, settings in {"by_day": by_day, "anew": anew}.items():
            connection.execute(f"attach '{settings.warehouse}' as {name} (read_only)")
        same, least_alike = connection.execute(
            f"""
            select count(*), max(abs(by_day.match_probability - anew.match_probability))
            from by_day.marts.customer_identities as by_day
            inner join anew.marts.customer_identities as anew
                on {" and ".join(f"by_day.{c} is not distinct from anew.{c}" for c in ALL_BUT_HOW_SURE)}
            """
        ).fetchone()
    assert same == identities[0]
    assert least_alike < 0.001
    assert after["orders"][0] == before["orders"][0] + 1
    assert after["order_items"][0] == before["order_items"][0] + 1
    assert after["customer_360"][0] == before["customer_360"][0] - 1  # the new account joined two
    with duckdb.connect(str(by_day.warehouse), read_only=True) as connection:
        # the late, older version of an order did not push out the newer one
        assert connection.execute("select count(*) from marts.orders where status = 'shipped'").fetchone()[0] > 0
        moved = connection.execute(
            "select count(*) from marts.customer_identities where valid_to is not null"
        ).fetchone()[0]
        retired = connection.execute(
            "select count(*) from identity.customer_id_history where customer_id <> current_customer_id"
        ).fetchone()[0]
    assert moved >= 1
    assert retired == 1
    with reading(anew, "test") as connection, pytest.raises(BuildError, match="did not test the data"):
        require_finished_build(connection)


def test_a_failure_is_one_screen_blocks_publication_and_is_resumed(copy_of_sample, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(project_folder(), project, ignore=shutil.ignore_patterns("target", "logs"))
    settings = replace(copy_of_sample(), dbt_project=project)
    model = project / "models" / "marts" / "value_tier_summary.sql"
    sound = model.read_text()
    model.write_text(sound.replace("sum(net_sales) as net_sales", "sum(no_such_column) as net_sales"))
    with pytest.raises(BuildError) as caught:
        build(settings, run_id="broken", progress=quiet)
    message = str(caught.value)
    assert "value_tier_summary" in message
    assert "no_such_column" in message
    assert "--retry" in message
    assert len(message.splitlines()) < 30
    with reading(settings, "test") as connection, pytest.raises(BuildError, match="broken, failed"):
        require_finished_build(connection)

    model.write_text(sound)
    resumed = build(settings, run_id="resumed", retry=True, progress=quiet)
    assert 0 < len(resumed.results) < 30
    assert "value_tier_summary" in {result.name for result in resumed.results}
    with reading(settings, "test") as connection:
        assert require_finished_build(connection) == "resumed"
        recorded = connection.execute("select count(*) from ops.model_runs where run_id = 'broken'").fetchone()[0]
    assert recorded > 100
    left = {path.name for path in project.iterdir()} - {path.name for path in project_folder().iterdir()}
    assert not left, "dbt wrote into the project"
    assert (settings.home / "dbt" / "target" / "manifest.json").exists()


def test_a_build_that_never_ended_blocks_publication(copy_of_sample):
    settings = copy_of_sample()
    with writing(settings, "test") as connection:
        connection.execute(
            "insert into ops.model_runs values ('killed', now()::timestamp, 'build', 'build', 'running', 0, null, null)"
        )
        with pytest.raises(BuildError, match="did not end"):
            require_finished_build(connection)


def test_a_build_of_selected_models_blocks_publication(copy_of_sample):
    settings = copy_of_sample()
    built = build(settings, run_id="part", select="value_tier_summary", progress=quiet)
    assert {result.name for result in built.results if result.resource_type == "model"} == {"value_tier_summary"}
    with reading(settings, "test") as connection, pytest.raises(BuildError, match="selected models only"):
        require_finished_build(connection)


def test_building_nothing_says_what_to_do(tmp_path):
    with pytest.raises(BuildError, match="customer360 pull"):
        build(Settings(home=tmp_path), run_id="empty", progress=quiet)


def test_as_of_is_the_setting_or_the_day_of_the_newest_event(sample):
    with reading(sample, "test") as connection:
        assert as_of_date(connection, sample) == date(2026, 10, 31)
        assert as_of_date(connection, replace(sample, as_of=date(2026, 1, 31))) == date(2026, 1, 31)


def test_a_project_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("customer360.build.__file__", str(tmp_path / "a" / "b" / "c" / "build.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="CUSTOMER360_DBT_PROJECT"):
        project_folder(tmp_path / "nowhere")


def test_the_file_is_free_after_a_build(sample):
    with duckdb.connect(str(sample.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.customer_360").fetchone()[0] > 0
