"""What did not fit is tried again when the rule is mended, once, and never stands above what the source said since."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from customer360.cli import cli
from customer360.quarantine.replay import Filter
from customer360.quarantine.replay import replay as replay_records
from customer360.sources import casting, members, orders, quarantining

QUIET = {"run_id": "run_test", "progress": lambda line: None}
WAITING = "select source_record_id, column_name from ops.quarantine where replayed_at is null order by all"
ORDERS = "select order_id, updated_at::varchar, delivered_at::varchar, status from raw.shop_orders"
LATEST = f"{ORDERS} qualify row_number() over (partition by order_id order by updated_at desc, _loaded_at desc) = 1"
HEADER = "member_id,updated_at,full_name,birth_date,joined_on\n"


@pytest.fixture
def old_dates(settings, sqlite_shop):
    """A shop that was pulled with dates of the year 1823: (settings, a function that runs SQL in the shop)."""
    settings, run = replace(settings, shop_url=sqlite_shop[0]), sqlite_shop[1]
    run("update orders set delivered_at = '1823-05-01 09:00:00' where order_id = 'orders-1'")
    run("update orders set ordered_at = '1823-05-01 09:00:00' where order_id in ('orders-2', 'orders-3')")
    run("update orders set paid_at = 'soon' where order_id = 'orders-3'")
    orders.pull(settings, **QUIET)
    return settings, run


@pytest.fixture
def mended(monkeypatch):
    """The rule is mended: dates from 1800 on are dates."""
    return lambda: monkeypatch.setattr(casting, "FIRST_YEAR", 1800)


def try_again(settings, which: Filter | None = None) -> list[tuple[str, int, int, int, int]]:
    loads = replay_records(settings, which or Filter(), **QUIET)
    return [
        (load.source_table, load.rows_read, load.rows_loaded, load.rows_unchanged, load.rows_quarantined)
        for load in loads
    ]


def test_what_fits_now_is_loaded_and_the_rest_stays_with_its_reason(old_dates, mended, raw_rows):
    settings, _ = old_dates
    watermark = raw_rows("select max(watermark) from ops.loads where source_table = 'orders'")
    assert try_again(settings) == [("orders", 3, 0, 1, 2)]  # no rule was mended yet: order 1 is there without a day
    mended()
    assert try_again(settings) == [("orders", 3, 3, 0, 0)]
    assert raw_rows(f"{LATEST} order by 1")[1] == ("orders-1", "2026-01-01 01:00:00", "1823-05-01 09:00:00", "status 1")
    assert raw_rows("select count(*) from raw.shop_orders where order_id in ('orders-2', 'orders-3')") == [(2,)]
    assert raw_rows(WAITING) == [("orders-3", "paid_at")]
    marks = raw_rows("select count(*) from ops.quarantine join ops.loads on replay_load_id = ops.loads.load_id")
    assert marks == [(3,)]
    assert raw_rows("select max(watermark) from ops.loads where source_table = 'orders'") == watermark


def test_repeating_a_replay_and_pulling_again_change_nothing(old_dates, mended, raw_rows):
    settings, _ = old_dates
    mended()
    try_again(settings)
    before = (
        raw_rows("select * from raw.shop_orders order by all"),
        raw_rows("select * from ops.quarantine order by all"),
    )
    assert try_again(settings) == [("orders", 1, 0, 1, 0)]
    assert sum(load.rows_loaded for load in orders.pull(settings, **QUIET)) == 0
    assert (
        raw_rows("select * from raw.shop_orders order by all"),
        raw_rows("select * from ops.quarantine order by all"),
    ) == before


def test_what_the_source_said_since_is_not_superseded_by_a_replay(old_dates, mended, raw_rows):
    settings, run = old_dates
    run("update orders set delivered_at = '2026-01-05 09:00:00' where order_id = 'orders-1'")  # the same updated_at
    run("update orders set ordered_at = '2026-01-01', status = 'mended', updated_at = '2026-01-04' "
        "where order_id = 'orders-2'")  # fmt: skip
    orders.pull(settings, **QUIET)
    latest = raw_rows(f"{LATEST} order by 1")
    mended()
    assert try_again(settings) == [("orders", 3, 2, 1, 0)]  # orders 2 and 3, as they were on the first day
    now = raw_rows(f"{LATEST} order by 1")
    assert [row for row in now if row[0] != "orders-3"] == latest
    assert raw_rows("select count(*) from raw.shop_orders where order_id = 'orders-2'") == [(2,)]


def test_a_record_that_is_deleted_at_the_source_is_not_brought_back(old_dates, mended, raw_rows):
    import duckdb

    settings, _ = old_dates
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "insert into raw.shop_orders by name select * replace (now() as _loaded_at, 7 as _row_hash, now() as "
            "_deleted_noticed_at) from raw.shop_orders where order_id = 'orders-1'"
        )
    mended()
    assert try_again(settings) == [("orders", 3, 2, 1, 0)]


def test_a_replay_that_breaks_off_leaves_everything_as_it_was(old_dates, mended, monkeypatch, raw_rows):
    settings, _ = old_dates
    mended()
    before = raw_rows("select count(*) from raw.shop_orders"), raw_rows(WAITING), raw_rows("select * from ops.loads")

    def broken(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(quarantining, "mark_replayed", broken)
        with pytest.raises(MemoryError):
            try_again(settings)
    after = raw_rows("select count(*) from raw.shop_orders"), raw_rows(WAITING), raw_rows("select * from ops.loads")
    assert after == before
    assert try_again(settings) == [("orders", 3, 3, 0, 0)]


def test_a_record_that_does_not_fit_again_after_its_replay_is_put_aside_again(old_dates, monkeypatch, raw_rows):
    settings, run = old_dates
    with monkeypatch.context() as patch:
        patch.setattr(casting, "FIRST_YEAR", 1800)
        try_again(settings)
    run("update orders set status = 'x' where order_id = 'orders-2'")
    orders.pull(settings, **QUIET)
    assert ("orders-2", "ordered_at") in raw_rows(WAITING)
    run("update orders set status = 'status 2' where order_id = 'orders-2'")  # as it was when it was put aside before
    orders.pull(settings, **QUIET)
    waiting = raw_rows(
        "select count(*) from ops.quarantine where source_record_id = 'orders-2' and replayed_at is null"
    )
    assert waiting == [(2,)]


def test_only_what_was_asked_for_is_tried(old_dates, mended, raw_rows):
    settings, _ = old_dates
    mended()
    assert try_again(settings, Filter(source="membership")) == []
    assert try_again(settings, Filter(reason="NOT A TIMESTAMP")) == [("orders", 1, 1, 0, 0)]
    assert try_again(settings, Filter(table="orders")) == [("orders", 3, 2, 1, 0)]


def test_lines_that_could_not_be_read_are_read_again_or_their_file_is_asked_for(
    settings, tmp_path, monkeypatch, raw_rows
):
    folder = tmp_path / "members"
    folder.mkdir()
    good = "M1,2026-01-01 10:00:00,Ada,1990-05-17,2024-01-01\n"
    (folder / "members_1.csv").write_text(
        HEADER + good + good.replace("M1", "M2").replace("Ada", '"Ada" Lovelace') + "M3\n"
    )
    settings = replace(settings, members_url=str(folder))
    members.pull(settings, **QUIET)
    assert raw_rows("select count(*) from ops.quarantine") == [(2,)]
    from customer360.quarantine import replay

    lenient = replay.parse_record
    monkeypatch.setattr(replay, "parse_record", lambda line, *rest: lenient(line.replace('"', ""), *rest))
    said = []
    replay_records(settings, Filter(), run_id=None, progress=said.append)
    assert raw_rows("select full_name from raw.membership_members order by member_id") == [("Ada",), ("Ada Lovelace",)]
    assert raw_rows("select record from ops.quarantine where replayed_at is null") == [("M3",)]
    assert said[1] == "membership.members: 1 lines cannot be read by themselves: deliver their files again"
    counts = "max_by(source_count, ended_at), sum(rows_read - rows_loaded - rows_unchanged - rows_quarantined)"
    assert raw_rows(f"select {counts} from ops.loads where source_table = 'members'") == [(2, 0)]


def test_the_list_counts_and_never_shows_a_value(old_dates, monkeypatch):
    settings, _ = old_dates
    monkeypatch.setenv("CUSTOMER360_HOME", str(settings.home))
    shown = CliRunner().invoke(cli, ["quarantine", "list", "--source", "shop"]).output
    assert [line.split("  (last")[0].split(maxsplit=2) for line in shown.splitlines()] == [
        ["2", "shop.orders.ordered_at", "is outside the years 1900 to 2100"],
        ["1", "shop.orders.delivered_at", "is outside the years 1900 to 2100"],
        ["1", "shop.orders.paid_at", "is not a timestamp"],
    ]
    assert "1823" not in shown
    assert "soon" not in shown
    refused = CliRunner().invoke(cli, ["quarantine", "replay", "--table", "nothing"])
    assert "there is no table nothing" in refused.output
