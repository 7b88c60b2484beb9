"""Whether customers of a higher upgrade potential rose more often, and those called sliding fell, on real orders.

    python -m bench.value [--data ../shared/data] [--home data/bench/value]

The orders are Online Retail (customer known, not cancelled, quantity and price above 0). They last a year, so the tiers
look back on 120 days here; the thresholds stay. Value is judged as of 2011-08-11, and then as of 2011-12-09: nothing of
the days between is known to the first. The naive measure is twice the sales of the recent half against the next
threshold.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from pathlib import Path

import duckdb

from customer360.build import build_models, project_folder
from customer360.config import Settings
from customer360.warehouse import writing
from real_data import online_retail

RULES = "value_tier_thresholds value_rules upgrade_components rfm_segments"
FIRST_MODELS = "int_value_standpoints int_value_rules_in_force int_customer_sales_by_day int_purchase_days_listed"
SELECTED = " ".join([RULES, *(f"{model}+,+customer_value_tiers" for model in FIRST_MODELS.split())])
PERIOD_DAYS, JUDGED_ON, KNOWN_ON = 120, date(2011, 8, 11), date(2011, 12, 9)

# What the value models read, in the fewest columns they look at.
INPUTS = {
    "marts.orders": """
        select invoice as order_id, customer_id, true as is_sale, false as is_guest_order,
            min(invoiced_at) as ordered_at, sum(quantity * unit_price)::decimal(18, 4) as net_sales
        from bought group by all
    """,
    "marts.order_items": """
        select customer_id, true as is_sale, quantity, 0 as returned_quantity, product_id, invoiced_at as ordered_at
        from bought
    """,
    "staging.stg_shop__products": "select distinct product_id, null::varchar as category from bought",
    "intermediate.int_customers_typed": "select distinct customer_id, 'individual' as account_type from bought",
    "intermediate.int_customer_profiles_completed": "from intermediate.int_customers_typed",
    "intermediate.int_source_records_aggregated_to_customers": "from intermediate.int_customers_typed",
}
BOUGHT = """
    create temp view bought as select * from lines
    where customer_id is not null and invoice[1] <> 'C' and quantity > 0 and unit_price > 0
"""

RISEN = """
    with judged as (
        select
            earlier.upgrade_potential,
            least(1, 2 * earlier.recent_net_sales / (earlier.net_sales + earlier.net_sales_to_next)) as naive,
            case later.value_tier when 'main' then 3 when 'ordinary' then 2 else 1 end
                > case earlier.value_tier when 'ordinary' then 2 else 1 end as has_risen
        from marts.customer_value_tiers as earlier
        inner join later.marts.customer_value_tiers as later using (customer_id)
        where earlier.next_tier is not null and earlier.tier_change is not null
    ),
    ranked as (
        select *, avg(has_risen::int) over (partition by {measure}) as risen_of_equals,
            row_number() over (order by {measure} desc) as place, count(*) over () as customers
        from judged
    )
    select avg(risen_of_equals) filter (place <= customers / 10) / avg(has_risen::int) from ranked
"""
FALLEN = """
    select earlier.is_sliding, count(*) as customers,
        avg((later.value_tier = 'small' or (later.value_tier, earlier.value_tier) = ('ordinary', 'main'))::int) as fell
    from marts.customer_value_tiers as earlier
    inner join later.marts.customer_value_tiers as later using (customer_id)
    where earlier.value_tier <> 'small' group by all order by all
"""


def judged(data: Path, home: Path, as_of: date, period_days: int = PERIOD_DAYS) -> Path:
    """A warehouse in which the value of Online Retail's customers is judged as of a day, over so many days."""
    shutil.rmtree(home, ignore_errors=True)
    project = home / "dbt_project"
    shutil.copytree(project_folder(), project, ignore=shutil.ignore_patterns("target", "logs"))
    thresholds = project / "seeds" / "value_tier_thresholds.csv"
    thresholds.write_text(thresholds.read_text(encoding="utf-8").replace(",365,", f",{period_days},"), encoding="utf-8")
    settings = Settings(home=home, dbt_project=project)
    with writing(settings, "bench") as connection:
        online_retail.queries(connection, data)
        connection.execute(BOUGHT)
        for table, query in INPUTS.items():
            connection.execute(f"create table {table} as {query}")
    build_models(settings, select=SELECTED, as_of=as_of)
    return settings.warehouse


def lifts(earlier: Path, later: Path) -> dict[str, float]:
    """How much more often the tenth that a measure puts first rose than all did; equals share what they have."""
    with _both(earlier, later) as connection:
        return {
            measure: connection.execute(RISEN.format(measure=measure)).fetchone()[0]
            for measure in ("upgrade_potential", "naive")
        }


def fallen(earlier: Path, later: Path) -> dict[bool, tuple[int, float]]:
    """Of customers who were sliding, and who were not: how many, and the share in a lower tier a period later."""
    with _both(earlier, later) as connection:
        return {sliding: (count, share) for sliding, count, share in connection.execute(FALLEN).fetchall()}


def _both(earlier: Path, later: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(earlier), read_only=True)
    connection.execute(f"attach '{later}' as later (read_only)")
    return connection


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.value", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, default=Path("data/bench/value"))
    options = parser.parse_args()
    days = {"earlier": JUDGED_ON, "later": KNOWN_ON}
    earlier, later = (judged(options.data.resolve(), options.home.resolve() / name, day) for name, day in days.items())
    print("| the tenth put first by | rose, against all |\n| --- | ---: |")
    for measure, lift in lifts(earlier, later).items():
        print(f"| {measure.replace('_', ' ')} | × {lift:.2f} |")
    print("\n| above the lowest tier | customers | fell |\n| --- | ---: | ---: |")
    for sliding, (count, share) in fallen(earlier, later).items():
        print(f"| {'sliding' if sliding else 'not sliding'} | {count:,} | {share:.0%} |")


if __name__ == "__main__":
    main()
