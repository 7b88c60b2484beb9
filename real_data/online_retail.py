"""Online Retail I as a shop database: a British gift wholesaler, 2010-12-01 to 2011-12-09 (UCI 352, CC BY 4.0).

- An invoice is an order; one without a customer is a guest order. Times are British local time, taken as UTC.
- An invoice beginning with C is a credit note: status `cancelled`, its lines with their negative quantities. One
  beginning with A adjusts bad debt: status `adjustment`, which no shop list of statuses has, so it is no sale.
- Every line is kept, exact duplicates included: `order_item_id` is the position in the file.
- The data says neither when nor whether an invoice was paid: `paid_at` stays empty.
- 43 invoices have two times; the order has the first, each line its own. Eight customers have two countries: the
  account has the latest, the order its own in `ship_country`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from real_data.people import EMAIL

FILE = "online_retail/online_retail.parquet"

LINES = """
    select
        file_row_number + 1 as line,
        InvoiceNo as invoice, StockCode as product_id, "Description" as description, Quantity as quantity,
        UnitPrice::decimal(18, 4) as unit_price, InvoiceDate as invoiced_at, CustomerID as customer_number,
        CustomerID::varchar as customer_id, Country as country
    from read_parquet('{file}', file_row_number = true)
"""

QUERIES = {
    "customers": f"""
        select
            customer_id, max(invoiced_at) as updated_at, min(invoiced_at) as registered_at,
            arg_max(country, invoiced_at) as country,
            {EMAIL.format(n="row_number() over (order by customer_number)")} as email
        from lines where customer_id is not null group by customer_number, customer_id
    """,
    "products": """
        select
            product_id, max(invoiced_at) as updated_at,
            mode(description order by description) as name, min(invoiced_at) as released_at
        from lines group by product_id
    """,
    "orders": """
        select
            invoice as order_id, max(invoiced_at) as updated_at, any_value(customer_id) as customer_id,
            'online' as channel,
            case invoice[1] when 'C' then 'cancelled' when 'A' then 'adjustment' else 'invoiced' end as status,
            min(invoiced_at) as ordered_at,
            case when invoice[1] = 'C' then min(invoiced_at) end as cancelled_at, 'GBP' as currency,
            sum(quantity * unit_price) as items_amount, sum(quantity * unit_price) as total_amount,
            any_value(country) as ship_country
        from lines group by invoice
    """,
    "order_items": """
        select
            line as order_item_id, invoiced_at as updated_at, invoice as order_id, product_id, quantity, unit_price,
            quantity * unit_price as line_amount, description
        from lines
    """,
}


def queries(duck: duckdb.DuckDBPyConnection, data: Path) -> dict[str, str]:
    """Register the data set in `duck` and return one query per table of the shop database."""
    duck.execute(f"create or replace temp view lines as {LINES.format(file=data / FILE)}")
    return QUERIES
