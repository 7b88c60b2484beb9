"""How good `is_at_risk` is: of parcels flagged on past days, how many came late; of the late, how many were flagged.

    python -m bench.deliveries [--data ../shared/data] [--warehouse data/warehouse.duckdb] [--home data/bench/…]

For every day of the data, orders are cut back to what was known when it ended, and the models' own SQL is run as of
that day. Beside it stands the naive flag: promised within two days and not delivered. Judged are parcels that were
delivered in the end, so that it is known whether they were late: the Olist sample holds every order of the full set
that never was, and one in nineteen of the others. `--warehouse` is a built one, of the sample company for instance.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb

from customer360.build import build_models
from customer360.config import Settings
from customer360.warehouse import writing
from real_data import olist

MODELS = (
    "int_deliveries_listed",
    "int_delivery_times_counted",
    "int_delivery_times_usual",
    "int_delivery_days_expected",
    "int_delivery_stretches_listed",
    "int_delivery_stretches_paced",
    "int_deliveries_expected",
)
ANY_DAY = date(2099, 12, 31)  # stands in the models' SQL for the day that is put in its place
LEARNING_DAYS = 90  # before there is something that could be usual

# As known when a day was over: what came later had not happened.
KNOWN = """
    create or replace table marts.orders as
    select
        order_id, order_id as customer_id, carrier_id, null::varchar as distributor_id, 'online' as channel,
        true as is_sale,
        case when delivered_at < $end then 'delivered' when shipped_at < $end then 'shipped' else 'paid' end as status,
        ordered_at, promised_delivery_at,
        case when shipped_at < $end then shipped_at end as shipped_at,
        case when delivered_at < $end then delivered_at end as delivered_at
    from bench.orders where ordered_at < $end
"""
FLAGGED = """
    insert into bench.flags
    select
        $day::date, order_id, promised_on, is_at_risk, promised_on <= $day::date + 2 as is_naive,
        bench_orders.delivered_at::date > promised_on as comes_late
    from intermediate.int_deliveries_expected
    inner join intermediate.int_deliveries_listed using (order_id)
    inner join bench.orders as bench_orders using (order_id)
    where outcome = 'pending' and promised_on is not null
"""
BUILT = """
    select orders.*, ship_city
    from built.marts.orders inner join built.staging.stg_shop__orders using (order_id)
"""
RESULTS = """
    with flags as (
        select *, {flag} as is_flagged from bench.flags
    ),
    parcels as (  -- each counts once, however many days it was flagged
        select order_id, any_value(comes_late) as comes_late from flags where is_flagged group by order_id
    )
    select
        (select count(*) from parcels) as flagged,
        (select count(*) from parcels where comes_late) as of_them_late,
        (select count(*) from flags where day = promised_on - {days} and comes_late) as late,
        (select count(*) from flags where day = promised_on - {days} and comes_late and is_flagged) as of_them_flagged,
        (select count(*) from flags where day = promised_on - {days} and is_flagged) as flagged_then
"""


def prepare(home: Path, orders: str, setup) -> Path:
    """A warehouse with the orders of a query (as views over `setup`) and the models of deliveries as of any day."""
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home)
    with writing(settings, "bench") as connection:
        setup(connection)
        connection.execute("create schema bench")
        connection.execute(
            f"""
            create table bench.orders as select * from ({orders})
            where delivered_at is not null and promised_delivery_at is not null
            """
        )
        connection.execute("create table staging.stg_shop__orders as select order_id, ship_city from bench.orders")
        connection.execute(KNOWN, {"end": ANY_DAY})
    build_models(settings, select=" ".join(MODELS), as_of=ANY_DAY)
    return settings.warehouse


def play(warehouse: Path) -> int:
    """Flag what is pending at the end of every day, into `bench.flags`. Returns how many days."""
    with duckdb.connect(str(warehouse)) as connection:
        views = [
            connection.execute(
                "select sql from duckdb_views() where schema_name = 'intermediate' and view_name = ?", [model]
            ).fetchone()[0]
            for model in MODELS
        ]
        connection.execute(
            """
            create table bench.flags (
                day date, order_id varchar, promised_on date, is_at_risk boolean, is_naive boolean, comes_late boolean
            )
            """
        )
        first, last = connection.execute(
            "select min(ordered_at)::date, max(delivered_at)::date from bench.orders"
        ).fetchone()
        days = [first + timedelta(days=number) for number in range(LEARNING_DAYS, (last - first).days + 1)]
        for day in days:
            for view in views:
                connection.execute(
                    view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(str(ANY_DAY), str(day))
                )
            connection.execute(KNOWN, {"end": day + timedelta(days=1)})
            connection.execute(FLAGGED, {"day": day})
    return len(days)


def results(warehouse: Path, flag: str, days: int) -> dict[str, int]:
    """Counts for a flag (`is_at_risk`, `is_naive`), looked at so many days before the last day that is in time."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        answer = connection.execute(RESULTS.format(flag=flag, days=days))
        return dict(zip([column[0] for column in answer.description], answer.fetchone(), strict=True))


def report(name: str, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        parcels, late = connection.execute(
            "select count(*), count(*) filter (delivered_at::date > promised_delivery_at::date) from bench.orders"
        ).fetchone()
    print(f"\n{name}: {parcels:,} parcels, {late:,} late\n")
    print("| flag | looked at | flagged then | of them late | late ones | of them flagged |")
    print("| --- | --- | --: | --: | --: | --: |")
    for flag in ("is_at_risk", "is_naive"):
        for days in (0, 1, 2, 3):
            r = results(warehouse, flag, days)
            print(
                f"| {flag} | {days} days before the promised day | {r['flagged_then']:,} | "
                f"{r['of_them_flagged'] / max(1, r['flagged_then']):.0%} | {r['late']:,} | "
                f"{r['of_them_flagged'] / max(1, r['late']):.0%} |"
            )
        print(f"| {flag} | any day | {r['flagged']:,} | {r['of_them_late'] / max(1, r['flagged']):.0%} | | |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.deliveries", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--home", type=Path, default=Path("data/bench/deliveries"))
    options = parser.parse_args()
    home = options.home.resolve()
    orders = "select *, null::varchar as carrier_id from ({}) where status = 'delivered'"
    sets = {"olist_sample": (orders.format(olist.SHOP_QUERIES["orders"]), lambda c: olist.queries(c, options.data))}
    if options.warehouse:
        sets["warehouse"] = (
            BUILT,
            lambda c: c.execute(f"attach '{options.warehouse}' as built (read_only)"),
        )
    for name, (query, setup) in sets.items():
        warehouse = prepare(home / name, query, setup)
        play(warehouse)
        report(name, warehouse)


if __name__ == "__main__":
    main()
