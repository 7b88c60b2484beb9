"""The Olist sample: a Brazilian marketplace's orders as a shop database, its persons and reviews as member files (CC
BY-NC-SA 4.0).

- Olist gives every order a new `customer_id` and knows the person behind it as `customer_unique_id`. So the shop has
  one account per order, the person is the member, and a `purchase` activity per order names the order: finding the
  8,016 persons behind 8,135 accounts is left to the product. Nothing is invented but the form: a member joins on the
  day of the first order.
- A review is a survey answer about the order (`order_id` is an extra column): `performance` is the score, 1 to 5;
  nobody asked what was expected. A review id may cover several orders, so an answer is a review and an order.
- A seller is a partner that supplies the product; a product sold by several has the one who sold most of it.
- Line totals carry freight on the order (`shipping_amount`). Times are Brazilian local time, taken as UTC. There is
  no helpdesk: one without tickets is served.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

MONEY, TEXT = "decimal(18, 4)", "varchar"
TABLES = {
    "customers": ("olist_customers_dataset", {"customer_zip_code_prefix": TEXT}),
    "items": ("olist_order_items_dataset", {"price": MONEY, "freight_value": MONEY}),
    "payments": ("olist_order_payments_dataset", {"payment_value": MONEY}),
    "reviews": ("olist_order_reviews_dataset", {"review_id": TEXT}),
    "orders": ("olist_orders_dataset", {"order_id": TEXT}),
    "products": ("olist_products_dataset", {"product_id": TEXT}),
    "sellers": ("olist_sellers_dataset", {"seller_zip_code_prefix": TEXT}),
    "translation": ("product_category_name_translation", {"product_category_name": TEXT}),
}

# When a record was last touched: the latest time the order carries (the delivery estimate is a promise, not an event).
CHANGED = """
    create or replace temp table changed as
    select order_id, customer_id, customer_unique_id, order_purchase_timestamp as ordered_at,
        greatest(order_purchase_timestamp, order_approved_at, order_delivered_carrier_date,
                 order_delivered_customer_date) as updated_at
    from olist_orders join olist_customers using (customer_id)
"""

SHOP_QUERIES = {
    "customers": """
        select
            customer_id, updated_at, ordered_at as registered_at, customer_city as city, customer_state as region,
            customer_zip_code_prefix as postcode, 'Brazil' as country
        from olist_customers join changed using (customer_id)
    """,
    "partners": """
        select
            seller_id as partner_id, max(updated_at) as updated_at, 'supplier' as partner_type,
            'Seller ' || seller_id[:8] as name,
            any_value(seller_state) as region
        from olist_sellers join olist_items using (seller_id) join changed using (order_id) group by seller_id
    """,
    "products": """
        select
            product_id, max(updated_at) as updated_at, any_value(product_category_name) as category,
            mode(seller_id order by seller_id) as supplier_id, min(ordered_at) as released_at,
            any_value(product_category_name_english) as category_english
        from olist_products left join olist_translation using (product_category_name)
        join olist_items using (product_id) join changed using (order_id) group by product_id
    """,
    "orders": """
        select
            order_id, updated_at, customer_id, 'online' as channel, order_status as status, ordered_at,
            order_approved_at as paid_at,
            order_delivered_carrier_date as shipped_at, order_estimated_delivery_date as promised_delivery_at,
            order_delivered_customer_date as delivered_at, 'BRL' as currency,
            coalesce(amount, 0) as items_amount, coalesce(freight, 0) as shipping_amount,
            coalesce(amount + freight, 0) as total_amount,
            customer_city as ship_city, customer_zip_code_prefix as ship_postcode
        from olist_orders join changed using (order_id, customer_id) join olist_customers using (customer_id)
        left join (
            select order_id, sum(price) as amount, sum(freight_value) as freight from olist_items group by order_id
        ) using (order_id)
    """,
    "order_items": """
        select
            order_id || '-' || order_item_id as order_item_id, updated_at, order_id, product_id, 1 as quantity,
            price as unit_price, price as line_amount, freight_value, seller_id
        from olist_items join changed using (order_id)
    """,
    "payments": """
        select
            order_id || '-' || payment_sequential as payment_id, updated_at, order_id, payment_type as method,
            payment_value as amount, order_approved_at as paid_at
        from olist_payments join changed using (order_id) join olist_orders using (order_id)
    """,
}

MEMBER_FILES = {
    "members": """
        select
            customer_unique_id as member_id, max(updated_at) as updated_at, customer_unique_id as card_number,
            arg_max(customer_city, ordered_at) as city, arg_max(customer_state, ordered_at) as region,
            arg_max(customer_zip_code_prefix, ordered_at) as postcode, 'Brazil' as country,
            min(ordered_at)::date as joined_on
        from changed join olist_customers using (customer_id, customer_unique_id) group by customer_unique_id
    """,
    "activities": """
        select
            'order-' || order_id as activity_id, updated_at, customer_unique_id as member_id, 'purchase' as type,
            ordered_at as occurred_at, order_id as reference
        from changed
    """,
    "surveys": """
        select
            review_id || '-' || order_id as response_id, review_answer_timestamp as updated_at,
            customer_unique_id as member_id, review_answer_timestamp as occurred_at, 'order review' as topic,
            null::bigint as expectation, review_score as performance,
            nullif(concat_ws(E'\\n', review_comment_title, review_comment_message), '') as comment, order_id
        from olist_reviews join changed using (order_id)
    """,
}


def queries(duck: duckdb.DuckDBPyConnection, data: Path) -> dict[str, str]:
    """Register the data set in `duck` and return one query per table of the shop database."""
    for name, (file, types) in TABLES.items():
        csv = f"read_csv('{data / 'olist_sample' / file}.csv.gz', header = true, types = {types})"
        duck.execute(f"create or replace temp view olist_{name} as from {csv}")
    duck.execute(CHANGED)
    return SHOP_QUERIES


def write(duck: duckdb.DuckDBPyConnection, members: Path, helpdesk: Path) -> None:
    """Write the persons, their purchases and reviews as member files, and a helpdesk without tickets.

    `queries` has been called on `duck` before.
    """
    members.mkdir(parents=True, exist_ok=True)
    helpdesk.mkdir(parents=True, exist_ok=True)
    for name, query in MEMBER_FILES.items():
        duck.execute(f"copy ({query}) to '{members / f'{name}.csv'}' (header true)")
    group = {
        "id": 1,
        "name": "Olist has no helpdesk",
        "created_at": "2018-10-17T00:00:00Z",
        "updated_at": "2018-10-17T00:00:00Z",
    }
    (helpdesk / "groups.jsonl").write_text(json.dumps(group) + "\n", encoding="utf-8")
