"""What an erasure must not change: the counts and the money of the books."""

from __future__ import annotations

from decimal import Decimal

import duckdb

from customer360.errors import ErasureError

# Of every version, so what is newest stays as well.
RAW = {
    "shop_orders": ("order_id", ("total_amount", "items_amount", "discount_amount", "shipping_amount", "tax_amount")),
    "shop_order_items": ("order_item_id", ("line_amount", "quantity", "discount_amount")),
    "shop_payments": ("payment_id", ("amount",)),
    "shop_returns": ("return_id", ("refund_amount", "return_shipping_amount", "quantity")),
    "helpdesk_tickets": ("id", ()),
    "helpdesk_ticket_events": ("id", ()),
    "helpdesk_satisfaction_ratings": ("id", ()),
}
MARTS = {
    "orders": ("order_id", ("gross_sales", "discount", "refunds", "net_sales", "margin")),
    "order_items": ("order_item_id", ("net_sales", "margin", "quantity")),
    "returns": ("return_id", ("refund_amount",)),
    "tickets": ("ticket_id", ()),
    "deliveries": ("order_id", ()),
}
Totals = dict[str, str]


def raw_totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    return _totals(connection, "raw", RAW)


def mart_totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    """Of the marts there are; none before the first build."""
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = current_database() and table_schema = 'marts'"
    ).fetchall()
    return _totals(connection, "marts", {name: MARTS[name] for name in MARTS if (name,) in rows})


def require_equal(before: Totals, after: Totals, what: str) -> None:
    """Raise ErasureError with the figures that differ."""
    differing = [f"{name} {before[name]} -> {after.get(name)}" for name in before if before[name] != after.get(name)]
    if differing:
        raise ErasureError(f"The erasure would change the books, so {what}: {'; '.join(differing)}.")


def _totals(connection: duckdb.DuckDBPyConnection, schema: str, tables: dict) -> Totals:
    totals = {}
    for table, (key, amounts) in tables.items():
        sums = "".join(f", coalesce(sum({amount}), 0)" for amount in amounts)
        count, keys, *money = connection.execute(
            f"select count(*), count(distinct {key}){sums} from {schema}.{table}"
        ).fetchone()
        totals |= {f"{schema}.{table} rows": str(count), f"{schema}.{table} records": str(keys)}
        totals |= {
            f"{schema}.{table}.{amount}": str(Decimal(value)) for amount, value in zip(amounts, money, strict=True)
        }
    return totals
