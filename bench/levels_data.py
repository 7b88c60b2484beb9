"""Made-up members and what they did, straight in DuckDB: the tables that the engine of levels is given."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
LAST_DAY, DAYS = date(2026, 10, 31), 730
TODAY = f"date '{LAST_DAY}'"
TYPES = {"valid_from": "date", "valid_to": "date", "growth_from": "decimal(18, 2)", "coefficient": "decimal(9, 4)"}


def make(connection: duckdb.DuckDBPyConnection, *, members: int, facts: int, day_facts: int) -> None:
    """The rules as shipped; members, facts and returns of the two years before the last day; and the facts and returns
    of the last day itself, in tables of their own that begin with `day_`."""
    for seed in ("member_levels", "level_rules"):
        header = (SEEDS / f"{seed}.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
        types = {name: kind for name, kind in TYPES.items() if name in header}
        connection.execute(f"create table {seed} as from read_csv('{SEEDS / seed}.csv', types = {types})")
    connection.execute(
        f"""
        create table members as
        select
            'C' || upper(hex(hash(i))) as customer_id,
            {TODAY} - cast(1 + hash(i, 'joined') % {DAYS} as integer) as joined_on,
            case when hash(i, 'left') % 20 = 0 then {TODAY} + 30 end as cancelled_on
        from range({members}) as numbers(i)
        """
    )
    connection.execute(
        """
        create table grants (
            grant_id varchar, customer_id varchar, valid_from date, valid_to date, level_rank integer
        )
        """
    )
    _earn(connection, "facts", facts, members, f"cast(floor((1 - how_late) * ({TODAY} - joined_on)) as integer)")
    _earn(connection, "day_facts", day_facts, members, "0")
    refunded_on = f"least({TODAY} - 1, counts_from + cast(hash(entry_id, 'back') % 60 as integer))"
    _take_back(connection, "reversals", "hash(entry_id, 'returned') % 14 = 0", refunded_on)
    _take_back(connection, "day_reversals", "hash(entry_id, 'returned') % 14000 = 1", TODAY)


def _earn(connection: duckdb.DuckDBPyConnection, table: str, count: int, members: int, days_ago: str) -> None:
    """Two in five are order lines of 5 to 305, the rest activities of 1 to 50; some members do far more than others."""
    connection.execute(
        f"""
        create table {table} as
        with
        numbered as (
            select *, row_number() over () - 1 as member_no from members
        ),
        events as (
            select
                i,
                hash(i, '{table}') % 5 < 2 as is_purchase,
                cast(floor({members} * pow((hash(i, '{table} who') % 1000000) / 1e6, 1.5)) as bigint) as member_no,
                (hash(i, '{table} when') % 1000000) / 1000000.0 as how_late,
                cast(hash(i, '{table} much') % 30000 as integer) as much
            from range({count}) as numbers(i)
        ),
        dated as (
            select
                is_purchase, much, customer_id, joined_on, {TODAY} - {days_ago} as counts_from,
                if(is_purchase, 'SO', 'A') || '{table}' || lpad(i::varchar, 9, '0') as source_record_id
            from events inner join numbered using (member_no)
        )
        select
            if(is_purchase, 'purchase-v1-', 'survey-v1-') || source_record_id as entry_id,
            customer_id,
            cast(counts_from as timestamp) + interval 12 hour as occurred_at,
            counts_from,
            counts_from + 365 as expires_on,
            if(is_purchase, 'purchase', 'survey') as rule_id,
            1 as rule_version,
            cast(if(is_purchase, 5 + much / 100, 1) as decimal(18, 4)) as units,
            cast(if(is_purchase, 1, 1 + much % 50) as decimal(18, 4)) as growth_per_unit,
            is_purchase as uses_coefficient,
            cast(if(is_purchase, 5 + much / 100, 1 + much % 50) as decimal(18, 2)) as base_growth,
            if(is_purchase, 'shop', 'membership') as source_system,
            if(is_purchase, 'order_items', 'activities') as source_table,
            source_record_id,
            if(is_purchase, source_record_id, null) as order_id
        from dated
        """
    )


def _take_back(connection: duckdb.DuckDBPyConnection, table: str, chosen: str, refunded_on: str) -> None:
    """Returns of order lines, half of them in part."""
    connection.execute(
        f"""
        create table {table} as
        select
            'return-R' || source_record_id || '-of-' || entry_id as entry_id,
            entry_id as reverses_entry_id,
            customer_id,
            cast({refunded_on} as timestamp) + interval 15 hour as occurred_at,
            {refunded_on} as counts_from,
            if(hash(entry_id, 'part') % 2 = 0, 10000, 20000) as part,
            20000 as whole,
            'shop' as source_system,
            'returns' as source_table,
            '{table}' || source_record_id as source_record_id,
            order_id
        from facts where uses_coefficient and {chosen}
        """
    )
