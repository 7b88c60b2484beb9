"""An airline's loyalty programme as a folder of member files: 16,737 members, 392,936 member-months.

- The data knows months, not days: a member joins on the first day of the month, leaves on its last day, and earns and
  redeems points on its last day.
- Points earned in a month are a `manual_grant` of that quantity (growth the company grants by its own rule), points
  redeemed a `redeem`: it spends a balance and never lowers a level. Every row is kept as found, so repeated months
  count twice.
- The airline's own tiers (Star, Nova, Aurora), salary, education and lifetime value are not in the source contract.
  They are delivered as extra columns and so are in raw only; the level in the marts follows from growth value, not
  from them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from real_data.people import EMAIL

MEMBERS_FILE = "members_airline/customer_loyalty_history.csv.gz"
ACTIVITY_FILE = "members_airline/customer_flight_activity.parquet"

MEMBERS = f"""
    select
        "Loyalty Number" as member_id,
        coalesce(last_day(make_date("Cancellation Year", "Cancellation Month", 1)),
                 make_date("Enrollment Year", "Enrollment Month", 1)) as updated_at,
        "Loyalty Number" as card_number,
        {EMAIL.format(n='row_number() over (order by "Loyalty Number")')} as email,
        lower("Gender") as gender, lower("Marital Status") as marital_status,
        "City" as city, "Province" as region, "Postal Code" as postcode, "Country" as country,
        make_date("Enrollment Year", "Enrollment Month", 1) as joined_on,
        last_day(make_date("Cancellation Year", "Cancellation Month", 1)) as cancelled_on,
        "Loyalty Card" as airline_tier, "Enrollment Type" as enrolment, "Education" as education,
        "Salary" as salary, "CLV" as lifetime_value
    from read_csv('{{file}}')
"""

ACTIVITIES = """
    with months as (
        select
            file_row_number + 1 as line, "Loyalty Number"::varchar as member_id,
            last_day(make_date("Year", "Month", 1)) as month_end,
            "Total Flights" as flights, "Distance" as distance_km, "Points Accumulated" as points_earned,
            "Points Redeemed" as points_redeemed, "Dollar Cost Points Redeemed" as points_redeemed_cost
        from read_parquet('{file}', file_row_number = true)
    )
    select
        'earned-' || line as activity_id, month_end::timestamp as updated_at, member_id, 'manual_grant' as type,
        month_end::timestamp as occurred_at, points_earned::decimal(18, 4) as quantity, null::varchar as reference,
        flights::varchar as flights, distance_km::varchar as distance_km,
        points_redeemed::varchar as points_redeemed, points_redeemed_cost::varchar as points_redeemed_cost
    from months
    union all
    select
        'redeemed-' || line, month_end::timestamp, member_id, 'redeem', month_end::timestamp,
        points_redeemed::decimal(18, 4), null, null, null, null, null
    from months where points_redeemed > 0
"""


def write(duck: duckdb.DuckDBPyConnection, data: Path, folder: Path) -> None:
    """Write the member files into `folder`: members as CSV, activities as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    duck.execute(f"copy ({MEMBERS.format(file=data / MEMBERS_FILE)}) to '{folder / 'members.csv'}' (header true)")
    duck.execute(
        f"copy ({ACTIVITIES.format(file=data / ACTIVITY_FILE)}) to '{folder / 'activities.parquet'}' (format parquet)"
    )
