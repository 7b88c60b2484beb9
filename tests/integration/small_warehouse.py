# ruff: noqa: E501 (one table a query, a query a line or two)
"""A small, complete warehouse for the tests of gates and publication: raw, what a build makes of it, and ops.

90 days of orders (none on Sundays), tickets and activities; each source record is a customer of its own.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.sources.contract import TABLES
from customer360.warehouse import new_id, utc_now, writing

AS_OF = datetime(2026, 3, 31)
DAYS = 90
SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"

RAW = {
    "shop_customers": """
        select 'c' || n as customer_id, $end - interval 1 day as updated_at, 'individual' as account_type,
            'Canary Person ' || n as full_name, 'canary' || n || '@example.org' as email, '+44700' || n as phone,
            $end - interval 200 day as registered_at
        from range(100) as t(n)
    """,
    "shop_products": """
        select 'p' || n as product_id, $end - interval 300 day as updated_at, 'Book ' || n as name, 5.00 as unit_cost
        from range(10) as t(n)
    """,
    "shop_orders": """
        select 'o' || day || '-' || n as order_id, moment + interval 10 minute as updated_at,
            case when n < 19 then 'c' || (day * 7 + n) % 100 end as customer_id, 'web' as channel,
            case when n = 3 then 'cancelled' when n = 4 then 'Pending' else 'delivered' end as status, moment as ordered_at,
            moment as paid_at, moment + interval 5 day as promised_delivery_at, 'EUR' as currency,
            case when n = 5 then 1.50 else 0 end as discount_amount, 21.98 as total_amount
        from (
            select day, n, $end - interval (day) day - interval (n) hour as moment
            from range($days) as d(day), range(20) as t(n)
        ) as placed
        where isodow(moment) < 7
    """,
    "shop_order_items": """
        select order_id || '-' || n as order_item_id, updated_at, order_id, 'p' || n as product_id, n + 1 as quantity,
            3.33 * (n + 1) as unit_price
        from raw.shop_orders, range(2) as t(n)
    """,
    "shop_payments": """
        select order_id || '-pay' as payment_id, updated_at, order_id, 'card' as method, 16.65 as amount
        from raw.shop_orders where status = 'delivered'
    """,
    "shop_returns": """
        select order_id || '-ret' as return_id, updated_at, order_id, order_id || '-0' as order_item_id, 1 as quantity,
            ordered_at as requested_at, ordered_at + interval 1 day as refunded_at, 3.33 as refund_amount
        from raw.shop_orders where order_id like '%-7'
    """,
    "shop_salespeople": "select 's1' as salesperson_id, $end as updated_at",
    "shop_partners": "select 'x1' as partner_id, $end as updated_at, 'carrier' as partner_type",
    "helpdesk_users": """
        select 'u' || n as id, $end - interval 3 day as updated_at, case when n < 3 then 'agent' else 'end-user' end as role,
            'user' || n || '@example.org' as email
        from range(40) as t(n)
    """,
    "helpdesk_tickets": """
        select 't' || day || '-' || n as id, moment as updated_at, moment as created_at, 'open' as status,
            'u' || (3 + (day + n) % 37) as requester_id, 'u1' as assignee_id
        from (select day, n, $end - interval (day) day - interval (n) hour as moment from range($days) as d(day), range(20) as t(n))
    """,
    "helpdesk_ticket_events": """
        select 'e' || id as id, updated_at, id as ticket_id, created_at, '[]' as child_events from raw.helpdesk_tickets
    """,
    "helpdesk_satisfaction_ratings": """
        select 'r' || id as id, updated_at, id as ticket_id, 'good' as score from raw.helpdesk_tickets limit 50
    """,
    "helpdesk_groups": "select 'g1' as id, $end as updated_at, 'Support' as name",
    "membership_members": """
        select 'm' || n as member_id, $end - interval 2 day as updated_at, 'card' || n as card_number,
            'member' || n || '@example.org' as email, '+4470' || n as phone, date '2025-06-01' as joined_on
        from range(50) as t(n)
    """,
    "membership_activities": """
        select 'a' || day || '-' || n as activity_id, moment as updated_at, 'm' || n as member_id, 'sign_in' as type, moment as occurred_at
        from (select day, n, $end - interval (day) day - interval (n) hour as moment from range($days) as d(day), range(20) as t(n))
    """,
    "membership_benefit_uses": """
        select 'b1' as benefit_use_id, $end as updated_at, 'm1' as member_id, 'coffee' as benefit, $end as used_at
    """,
    "membership_surveys": "select 'v1' as response_id, $end as updated_at, 'm1' as member_id, $end as occurred_at",
    "membership_campaign_contacts": "select 'w1' as contact_id, $end as updated_at, 'm1' as member_id, $end as sent_at",
    "membership_product_views": """
        select 'y1' as view_id, $end as updated_at, 'm1' as member_id, 'p1' as product_id, $end as viewed_at
    """,
}

# What a build makes of it, in the fewest columns that the gates and publication look at.
BUILT = {
    "intermediate.order_statuses": f"select * from read_csv('{SEEDS}/order_statuses.csv')",
    "intermediate.int_rejected_records": """
        select 'shop' as source_system, 'order_items' as source_table, order_item_id as source_record_id, 'no order' as reason
        from latest_order_items where order_id not in (select order_id from latest_orders)
    """,
    "marts.customer_identities": """
        select source_system, source_table, source_record_id, 'C' || source_system || source_record_id as customer_id,
            'own' as match_rule, 1.0 as match_probability, timestamp '2025-01-01' as valid_from, null::timestamp as valid_to
        from (
            select 'shop' as source_system, 'customers' as source_table, customer_id as source_record_id from raw.shop_customers
            union all select 'shop', 'orders', order_id from latest_orders where customer_id is null
            union all select 'helpdesk', 'users', id from raw.helpdesk_users where role = 'end-user'
            union all select 'membership', 'members', member_id from raw.membership_members
        )
    """,
    "identity.record_assignments": """
        select source_system || '.' || source_table || ':' || source_record_id as record_key, * from marts.customer_identities
    """,
    "identity.record_moves": """
        select record_key, p.customer_id as from_customer_id, a.customer_id as to_customer_id, a.valid_from as since
        from identity.record_assignments a join identity.published_assignments p using (record_key)
        where a.customer_id <> p.customer_id
    """,
    "marts.order_items": """
        select order_item_id, order_id, product_id, i.quantity, is_sale,
            case when is_sale then i.quantity * unit_price else 0 end::decimal(18, 4) as gross_sales,
            case when is_sale and order_item_id like '%-0' then o.discount_amount else 0 end::decimal(18, 4) as discount,
            case when is_sale then coalesce(refund_amount, 0) else 0 end::decimal(18, 4) as refunds,
            (gross_sales - discount - refunds)::decimal(18, 4) as net_sales, 0::decimal(18, 4) as margin
        from latest_order_items i
        join (select *, status = 'delivered' as is_sale from latest_orders) o using (order_id)
        left join (select order_item_id, refund_amount from raw.shop_returns) r using (order_item_id)
    """,
    "marts.orders": """
        select order_id, 'Cshop' || coalesce(customer_id, order_id) as customer_id, status, ordered_at,
            sum(gross_sales)::decimal(18, 4) as gross_sales, sum(discount)::decimal(18, 4) as discount,
            sum(refunds)::decimal(18, 4) as refunds, sum(net_sales)::decimal(18, 4) as net_sales,
            false as is_late, 0 as days_late
        from latest_orders join marts.order_items using (order_id) group by all
    """,
    "marts.customer_360": """
        select customer_id, 'individual' as account_type, any_value(source_system) as source_systems,
            count(*) as identity_count, coalesce(any_value(order_count), 0) as order_count,
            coalesce(any_value(net_sales), 0)::decimal(18, 4) as net_sales, $end::date as as_of_date
        from marts.customer_identities
        left join (
            select customer_id, count(*) as order_count, sum(net_sales) as net_sales from marts.orders group by all
        ) using (customer_id)
        group by customer_id
    """,
    "marts.tickets": """
        select id as ticket_id, 'Chelpdesk' || requester_id as customer_id, status, created_at as opened_at
        from raw.helpdesk_tickets
    """,
    "marts.ticket_events": "select 'e' || ticket_id as event_id, ticket_id, opened_at as occurred_at from marts.tickets",
    "marts.ticket_sla": "select ticket_id, 'resolution' as metric, 'running' as outcome from marts.tickets",
    "marts.ticket_reconciliation": "select ticket_id, 'reopens' as measure, true as is_equal from marts.tickets",
    "marts.ticket_reconciliation_summary": "select measure, count(*) as ticket_count from marts.ticket_reconciliation group by all",
    "marts.ticket_backlog": """
        select opened_at::date as backlog_on, count(*) as opened_count, count(*) as open_count from marts.tickets group by all
    """,
    "marts.customer_timeline": """
        select customer_id, opened_at as occurred_at, 'ticket' as event_type, 'asked for help' as summary from marts.tickets
    """,
    "marts.member_tiers": """
        select customer_id, 'bronze' as level, 10.00 as growth_value, null::date as cancelled_on,
            date '2025-06-01' as joined_on, $end::date as as_of_date
        from marts.customer_identities
        where source_system = 'membership'
    """,
    "marts.member_tier_history": """
        select customer_id, level, timestamp '2025-06-01' as valid_from, null::timestamp as valid_to from marts.member_tiers
    """,
    "marts.growth_ledger": """
        select customer_id, 'sign_in' as rule_id, 1.00 as growth_value, 'a' || customer_id as source_record_id
        from marts.member_tiers
    """,
    "marts.member_tier_restatements": "select customer_id, level, 'late order' as restated_because, $end as known_until from marts.member_tiers",
    "marts.growth_ledger_restatements": "select *, 'late order' as restated_because, $end as known_until from marts.growth_ledger",
    "marts.tier_benefits": """
        select level, 'coffee' as benefit, count(*) as member_count from marts.member_tiers group by all
    """,
    "marts.benefit_uses": """
        select benefit_use_id, benefit, 'Cmembership' || member_id as customer_id, 'bronze' as level, 1.00 as use_cost
        from raw.membership_benefit_uses
    """,
    "marts.tier_benefit_gaps": "select 'nobody has it' as finding_en, '无人享有' as finding_zh",
    "marts.purchase_forecast_accuracy": "select 1 as customer_count, 1 as actual, 'so far off' as sentence_en, '偏差' as sentence_zh",
    "marts.customer_value_tiers": "select customer_id, 'small' as value_tier, net_sales from marts.customer_360",
    "marts.value_tier_summary": """
        select value_tier, count(*) as customer_count, sum(net_sales) as net_sales from marts.customer_value_tiers group by all
    """,
    "marts.value_tier_periods": "select date '2026-03-01' as period_start, * from marts.value_tier_summary",
    "marts.followup_promises": "select ticket_id, 'u1' as agent_id, 'field' as source, 'kept' as outcome from marts.tickets",
    "marts.vague_answers": "select ticket_id, 'u1' as agent_id, 'soon' as quoted_text from marts.tickets",
    "marts.service_agents": "select 'u1' as agent_id, date '2026-03-01' as month, count(*) as ticket_count from marts.tickets",
    "marts.service_teams": "select 'g1' as group_id, date '2026-03-01' as month, count(*) as ticket_count from marts.tickets",
    "marts.service_branches": "select 'none' as branch, date '2026-03-01' as month, count(*) as order_count from marts.orders",
    "marts.customer_owners": "select customer_id, 'u1' as owner_id, 'agent' as owner_type from marts.tickets",
    "marts.deliveries": "select order_id, 'on_time' as outcome from marts.orders",
    "marts.order_milestones": "select order_id, 'ordered' as step, ordered_at as occurred_at from marts.orders",
    "marts.returns": "select return_id, order_id from raw.shop_returns",
    "marts.return_policies": "select 'default_v1' as policy_id, '*' as category",
    "marts.return_reasons": "select date '2026-03-01' as month, 'all' as grouped_by, 'damaged' as reason",
    "marts.satisfaction": "select updated_at as occurred_at, 'satisfied' as outcome from raw.helpdesk_satisfaction_ratings",
    "marts.complaints": "select 'tickets-' || ticket_id as complaint_id, opened_at as occurred_at, 'solved' as outcome from marts.tickets",
    "marts.complaint_recovery": "select 'all' as breakdown, 'well' as handling, count(*) as sample_size, 0.5 as purchase_rate from marts.complaints",
    "marts.opinions": "select 'surveys-' || response_id as opinion_id, 'survey' as kind, occurred_at from raw.membership_surveys",
    "marts.partners": "select 'x1' as partner_id, 'carrier' as partner_type, date '2026-03-01' as month",
    "marts.partner_customers": "select 'x1' as partner_id, 'carrier' as partner_type, 'Cshopc1' as customer_id",
    "intermediate.int_customer_contacts": """
        select 'Cshop' || customer_id as customer_id, full_name, email, phone from raw.shop_customers
    """,
    "intermediate.int_marketing_contacts": "select 'Cshopc1' as customer_id, 'sms' as channel, '+447001' as contact",
    "identity.organisation_contacts": """
        select 'Cshop' || customer_id as customer_id, customer_id as record_key, full_name as contact_person,
            null as contact_record_key
        from raw.shop_customers
    """,
    "intermediate.int_field_values_survived": """
        select 'Cshop' || customer_id as customer_id, 'email' as field, 1 as value_rank, email as value
        from raw.shop_customers
    """,
}


def fill(settings: Settings) -> None:
    """Raw as three good pulls leave it."""
    with writing(settings, "test") as connection:
        for name, query in RAW.items():
            load(connection, name, query)


def load(connection: duckdb.DuckDBPyConnection, name: str, query: str, *, source_count: int | None = None) -> None:
    """Append one load to a raw table, with its row in ops.loads; the source counts what raw then holds, unless told."""
    table, load_id, now = TABLES[name], new_id("load"), utc_now()
    parameters = {"end": AS_OF + timedelta(hours=23), "days": DAYS}
    used = {key: value for key, value in parameters.items() if f"${key}" in query}
    before = count(connection, f"raw.{name}")
    connection.execute(
        f"insert into raw.{name} by name "
        f"select *, '{load_id}' as _load_id, timestamp '{now}' as _loaded_at, hash(updated_at) as _row_hash from ({query})",
        used,
    )
    after = count(connection, f"raw.{name}")
    keys = connection.execute(f"select count(distinct {table.key}) from raw.{name}").fetchone()[0]
    connection.execute(
        """
        insert into ops.loads (load_id, source_system, source_table, started_at, ended_at, duration_seconds, status, rows_read,
            rows_loaded, rows_unchanged, rows_quarantined, source_count, watermark)
        values ($id, $source, $table, $now, $now, 0.1, 'succeeded', $rows, $rows, 0, 0, $source_count, $now)
        """,
        {
            "id": load_id,
            "source": table.source,
            "table": table.name,
            "now": now,
            "rows": after - before,
            "source_count": keys if source_count is None else source_count,
        },
    )


def build(settings: Settings) -> None:
    """The marts as a good build leaves them."""
    with writing(settings, "test") as connection:
        for name, key in (("orders", "order_id"), ("order_items", "order_item_id")):
            connection.execute(
                f"create or replace temp view latest_{name} as select * from raw.shop_{name} "
                f"qualify row_number() over (partition by {key} order by updated_at desc, _loaded_at desc) = 1"
            )
        for name, query in BUILT.items():
            used = {"end": AS_OF} if "$end" in query else {}
            connection.execute(f"create or replace table {name} as {query}", used)
        connection.execute("comment on table marts.orders is 'One row per order; it''s the shop''s.'")
        connection.execute("comment on column marts.orders.net_sales is 'What the order brought in.'")
        connection.execute(
            "insert into ops.model_runs values (?, ?, 'build', 'build', 'success', 1.0, null, 'as of')",
            [new_id("run"), utc_now()],
        )


def passed(settings: Settings) -> None:
    """What a check that passed leaves in ops, without running it."""
    with writing(settings, "test") as connection:
        for stage in ("raw", "publication"):
            connection.execute(
                "insert into ops.completeness_results values ('run', ?, ?, 'delivered', null, null, null, 'passed', 1, 1, 0, 'ok', null, null)",
                [utc_now(), stage],
            )


def ready(settings: Settings) -> None:
    """A home that can be published: filled, built and checked."""
    fill(settings)
    build(settings)
    passed(settings)


def change(settings: Settings, *statements: str) -> None:
    """Plant a fault."""
    with writing(settings, "test") as connection:
        for statement in statements:
            connection.execute(statement)


def query(settings: Settings, statement: str) -> list[tuple]:
    with writing(settings, "test") as connection:
        return connection.execute(statement).fetchall()


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"select count(*) from {table}").fetchone()[0]


def manifest(settings: Settings) -> dict:
    return json.loads((settings.published / "manifest.json").read_text(encoding="utf-8"))


def published(settings: Settings, times: int = 1) -> Settings:
    """Fill, build, check and publish a home."""
    from customer360.publish import publish

    ready(settings)
    for _ in range(times):
        publish(settings, run_id="run")
    return settings
