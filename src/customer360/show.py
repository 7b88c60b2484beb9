"""The first answers a newcomer wants from a fresh publication, and where to find the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb

from customer360.config import Settings
from customer360.errors import PublicationError

# Question, and the query on the published marts that answers it: what a BI person would write.
ANSWERS = (
    (
        "Who are the main, ordinary and small customers?",
        """
        select value_tier, customer_count as customers, customer_share as share_of_customers,
            net_sales, net_sales_share as share_of_sales
        from marts.value_tier_summary order by net_sales desc
        """,
    ),
    (
        "One person, many records: how much was joined?",
        """
        select identity_count as records_of_one_customer, count(*) as customers
        from marts.customer_360 group by all order by records_of_one_customer limit 5
        """,
    ),
    (
        "How do members stand?",
        """
        select level, count(*) as members, avg(growth_value) as average_growth_value
        from marts.member_tiers group by all order by average_growth_value desc
        """,
    ),
    (
        "Which promised follow-ups were kept?",
        "select outcome, count(*) as promises from marts.followup_promises group by all order by promises desc",
    ),
    (
        "How do parcels arrive?",
        "select outcome, count(*) as orders from marts.deliveries group by all order by orders desc",
    ),
)


def show_answers(settings: Settings, say: Callable[[str], None]) -> None:
    """Say what is published and what it answers. Raises PublicationError when nothing is published yet."""
    file = settings.published / "customer_360.duckdb"
    if not file.exists():
        raise PublicationError(f"Nothing is published in {settings.published} yet: `customer360 run` publishes.")
    with duckdb.connect(str(file), read_only=True) as connection:
        as_of, customers, orders, net_sales = connection.execute(
            "select max(as_of_date), count(*), sum(order_count), sum(net_sales) from marts.customer_360"
        ).fetchone()
        say(f"As of {as_of}: {customers:,} customers, {orders:,} orders, net sales {net_sales:,.2f}\n")
        for question, query in ANSWERS:
            result = connection.execute(query)
            say(question)
            say(_table([column[0] for column in result.description], result.fetchall()))
    say("Open:")
    say(f"  {file}  (BI tools: read-only; schemas marts and ops)")
    say(f"  {settings.published / 'parquet'}/<mart>.parquet")
    say(f"  {settings.quality_report}  (what was checked, and what was found)")


def _table(header: list[str], rows: list[tuple]) -> str:
    cells = [header, *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float | Decimal):
        return f"{value:,.4f}" if abs(value) <= 1 and value != int(value) else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
