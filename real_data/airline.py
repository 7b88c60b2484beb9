"""An airline's loyalty programme as a folder of member files: 16,737 members, 392,936 member-months.

- The data knows months, not days: a member joins on the first day of the month, leaves on its last day, and earns and
  redeems points on its last day.
- Points earned in a month are a `manual_grant` of that quantity (growth the company grants by its own rule), points
  redeemed a `redeem`: it spends a balance and never lowers a level. Every row is kept as found, so repeated months
  count twice.
- The airline's tiers (Star, Nova, Aurora) are its levels, given by hand, for the data has no rule for them: rows of
  `member_levels` and `level_grants` in a copy of the dbt project, with thresholds that nobody reaches. Like them,
  salary, education and lifetime value, which the source contract does not know, are extra columns: in raw only.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from customer360.build import project_folder
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

# Higher tiers hold through grants alone: no member earns as much as this.
LEVELS = """
    select
        level_rank, level, level as name_en, level as name_zh, (level_rank - 1) * 1000000000 as growth_from,
        1 as coefficient, date '2000-01-01' as valid_from, null as valid_to
    from (values (1, 'Star'), (2, 'Nova'), (3, 'Aurora')) as tiers (level_rank, level)
"""

GRANTS = """
    select
        row_number() over (order by "Loyalty Number") as grant_id, "Loyalty Number" as member_id,
        "Loyalty Card" as level, make_date("Enrollment Year", "Enrollment Month", 1) as valid_from,
        coalesce(last_day(make_date("Cancellation Year", "Cancellation Month", 1)), date '2100-01-01') as valid_to,
        'the airline says so' as reason
    from read_csv('{file}')
"""


def write(duck: duckdb.DuckDBPyConnection, data: Path, folder: Path) -> None:
    """Write the member files into `folder`: members as CSV, activities as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    duck.execute(f"copy ({MEMBERS.format(file=data / MEMBERS_FILE)}) to '{folder / 'members.csv'}' (header true)")
    duck.execute(
        f"copy ({ACTIVITIES.format(file=data / ACTIVITY_FILE)}) to '{folder / 'activities.parquet'}' (format parquet)"
    )


def write_rules(duck: duckdb.DuckDBPyConnection, data: Path, project: Path) -> None:
    """Copy the dbt project to `project`, with the airline's tiers as levels and who has which; benefits it has none."""
    shutil.copytree(project_folder(), project, ignore=shutil.ignore_patterns("target", "logs"))
    seeds = project / "seeds"
    for name, query in {"member_levels": LEVELS, "level_grants": GRANTS.format(file=data / MEMBERS_FILE)}.items():
        duck.execute(f"copy ({query}) to '{seeds / name}.csv' (header true)")
    header, *_ = (seeds / "level_benefits.csv").read_text(encoding="utf-8").splitlines()
    (seeds / "level_benefits.csv").write_text(f"{header}\n", encoding="utf-8")
