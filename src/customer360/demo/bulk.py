"""The large company: up to ten million orders, made by DuckDB in SQL and written straight into the shop's database.

Row n of a table is worked out from a hash of n and the seed, so any slice of it can be made alone, in little memory.
It has the shape and the keys of the smaller companies, and none of their planted faults; of the truth it has the
identities and the totals. One customer account for nine orders; every twentieth account is the second one of a person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from customer360.demo.shop_database import POSTGRES, SQLITE, create_statements, finish_statements, run_statements
from customer360.errors import SettingError
from customer360.sources.contract import SHOP
from customer360.sources.landing import scratch_connection

ORDERS_PER_CUSTOMER = 9
CHUNK = 1_000_000
PRODUCTS = 5_000
MOST_TICKETS = 100_000

MACROS = """
create macro chance(n, salt) as (hash(n + (salt + {seed} * 100) * 10000000000000) >> 11)::double / 9007199254740992.0;
create macro pick(n, salt, low, high) as low + floor(chance(n, salt) * (high - low + 1))::bigint;
create macro key(letter, n, width) as letter || lpad(n::varchar, width, '0');
create macro money(cents) as (cents * 0.01::decimal(3, 2))::decimal(12, 2);
create macro account_person(n) as n - case when n % 20 = 19 then 7 else 0 end;
create macro email(person) as 'reader' || person || '@' || ['qmail', 'post', 'inbox'][1 + person % 3] || '.example';
create macro phone(person) as '+861' || (3 + person % 7)::varchar
    || lpad(((person * 7919) % 1000000000)::varchar, 9, '0');
create macro person_name(person) as
    ['王', '李', '张', '刘', 'Smith ', 'Jones ', 'Brown '][1 + person % 7]
    || ['伟', '芳', '敏', '静', '磊', '洋'][1 + person % 6];
create macro price(product) as 900 + (product * 7919) % 15000;
create macro line_product(n, line) as floor({products} * pow(chance(n * 4 + line, 10), 1.5))::bigint;
create macro line_quantity(n, line) as case when chance(n * 4 + line, 11) < 0.8 then 1
    else pick(n * 4 + line, 12, 2, 5) end;
create macro line_gross(n, line) as price(line_product(n, line)) * line_quantity(n, line);
"""

SMALL_TABLES = {
    "salespeople": """
        select key('S', n, 3) as salesperson_id, person_name(n) as full_name,
            ['branch sales', 'phone sales', 'school accounts'][1 + n % 3] as department, null as branch,
            {opened} as updated_at from range(50) t(n)""",
    "partners": """
        select key('P', n, 3) as partner_id,
            ['supplier', 'carrier', 'distributor', 'wholesaler'][1 + n % 4] as partner_type,
            'Partner ' || n as name, ['East', 'North', 'South'][1 + n % 3] as region, {opened} as updated_at
        from range(40) t(n)""",
    "products": """
        select key('B', n, 5) as product_id, 'Title ' || n as name,
            ['textbooks', 'exam papers', 'fiction', 'children', 'stationery'][1 + n % 5] as category,
            'Lantern' as brand,
            key('P', (n % 10) * 4, 3) as supplier_id, money(price(n)) as list_price,
            money(price(n) * 6 // 10) as unit_cost,
            {opened} as released_at, '1' as version, null as replaces_product_id, {opened} as updated_at
        from range({products}) t(n)""",
    "customers": """
        select key('C', n, 8) as customer_id, 'individual' as account_type, person_name(p) as full_name,
            case when chance(n, 1) < 0.05 then upper(email(p)) when chance(n, 1) < 0.93 then email(p) end as email,
            case when chance(n, 2) < 0.8 then phone(p) end as phone,
            date '1950-01-01' + pick(p, 3, 0, 21000)::int as birth_date,
            ['female', 'male'][1 + p % 2] as gender, null as occupation, null as marital_status, null as interests,
            null as organisation_name, null as contact_person, pick(p, 4, 1, 880) || ' 人民路' as address_line,
            ['上海', '北京', '广州', 'London'][1 + p % 4] as city, null as region,
            lpad((p % 999999)::varchar, 6, '0') as postcode,
            ['CN', 'CN', 'CN', 'GB'][1 + p % 4] as country,
            {opened} - to_days(pick(n, 5, 0, 700)::int) as registered_at,
            {opened} as updated_at
        from (select n, account_person(n) as p from range({customers}) t(n))""",
}

# One slice of orders, from which the order tables are told. Times are seconds from the beginning.
ORDERS = """
create or replace temp table slice as
with drawn as (
    select n, floor({customers} * pow(chance(n, 30), 1.3))::bigint as account, chance(n, 31) < 0.12 as is_guest,
        {start} + to_microseconds((n * {span_microseconds}::hugeint // {orders})::bigint) as ordered_at,
        case when chance(n, 32) < 0.4 then 1 when chance(n, 32) < 0.75 then 2 when chance(n, 32) < 0.9 then 3
        else 4 end as lines,
        chance(n, 33) as fate, pick(n, 34, 1, 90) as paid_after, pick(n, 35, 240, 2400) as shipped_after,
        pick(n, 36, 1200, 7200) + case when chance(n, 37) < 0.08 then 8000 else 0 end as delivered_after
    from range({low}, {high}) t(n)
), priced as (
    select *, line_gross(n, 1) + case when lines > 1 then line_gross(n, 2) else 0 end
        + case when lines > 2 then line_gross(n, 3) else 0 end + case when lines > 3 then line_gross(n, 4)
        else 0 end as gross,
        date_trunc('second', ordered_at + to_minutes(paid_after)) as paid_at,
        date_trunc('second', ordered_at + to_minutes(paid_after + shipped_after)) as shipped_at,
        date_trunc('second', ordered_at + to_minutes(paid_after + shipped_after + delivered_after)) as delivered_at
    from drawn
)
select * replace (
        date_trunc('second', ordered_at) as ordered_at,
        case when status in ('cancelled', 'pending') then null else paid_at end as paid_at,
        case when status in ('shipped', 'delivered') then shipped_at end as shipped_at,
        case when status = 'delivered' then delivered_at end as delivered_at
    ),
    case when chance(n, 38) < 0.15 then least(gross // 2, 1000) else 0 end as discount,
    status = 'delivered' and chance(n, 39) < 0.06 and delivered_at + interval 12 day < {end_at} as is_returned
from (
    select *, case when fate < 0.03 then 'cancelled' when fate < 0.05 then 'pending'
        when paid_at >= {end_at} then 'pending'
        when delivered_at < {end_at} then 'delivered' when shipped_at < {end_at} then 'shipped'
        else 'paid' end as status
    from priced
)
"""

SLICE_TABLES = {
    "orders": """
        select key('SO', n, 9) as order_id, case when not is_guest then key('C', account, 8) end as customer_id,
            ['online', 'online', 'phone', 'branch'][1 + n % 4] as channel,
            case when n % 4 > 1 then key('S', account % 50, 3) end as salesperson_id,
            case when n % 50 = 0 then key('P', 2 + 4 * (n % 10), 3) end as distributor_id,
            key('P', 1 + 4 * (n % 10), 3) as carrier_id, status, ordered_at, paid_at, shipped_at,
            date_trunc('day', ordered_at) + to_days(pick(n, 40, 4, 8)::int) as promised_delivery_at, delivered_at,
            case when status = 'cancelled' then least(ordered_at + interval 2 hour, {end_at}) end as cancelled_at,
            'CNY' as currency,
            money(gross) as items_amount, money(discount) as discount_amount, money(800) as shipping_amount,
            money(0) as tax_amount,
            money(gross - discount + 800) as total_amount, person_name(account_person(account)) as recipient_name,
            case when is_guest then phone(account_person(account)) end as recipient_phone,
            case when is_guest then email(account_person(account)) end as recipient_email, '上海' as ship_city,
            lpad((account % 999999)::varchar, 6, '0') as ship_postcode, false as is_gift, {updated} as updated_at
        from slice order by n""",
    "order_items": """
        select key('SO', n, 9) || '-' || line as order_item_id, key('SO', n, 9) as order_id,
            key('B', line_product(n, line), 5) as product_id, line_quantity(n, line) as quantity,
            money(price(line_product(n, line))) as unit_price, money(0) as discount_amount,
            money(line_gross(n, line)) as line_amount,
            {updated} as updated_at
        from slice, range(1, 5) l(line) where line <= lines order by n, line""",
    "payments": """
        select key('SO', n, 9) || '-P1' as payment_id, key('SO', n, 9) as order_id,
            ['wallet', 'card', 'cash'][1 + n % 3] as method,
            money(gross - discount + 800) as amount, 'succeeded' as status, paid_at, {updated} as updated_at
        from slice where paid_at is not null order by n""",
    "returns": """
        select key('R', n, 9) as return_id, key('SO', n, 9) as order_id, key('SO', n, 9) || '-1' as order_item_id,
            line_quantity(n, 1) as quantity, 'changed my mind' as reason, 'customer' as fault, 'unopened' as condition,
            delivered_at + interval 3 day as requested_at, delivered_at + interval 7 day as received_at,
            delivered_at + interval 11 day as refunded_at,
            money(line_gross(n, 1) - discount * line_gross(n, 1) // gross) as refund_amount,
            money(800) as return_shipping_amount, 'customer' as return_shipping_paid_by, 'refunded' as status,
            delivered_at + interval 11 day as updated_at
        from slice where is_returned order by n""",
}
UPDATED = """greatest(ordered_at, coalesce(paid_at, ordered_at), coalesce(shipped_at, ordered_at),
    coalesce(delivered_at, ordered_at))"""
TOTALS = """
    select count(*) as orders, count(*) filter (sale) as sale_orders, sum(lines) as order_items,
        count(*) filter (is_returned) as returns,
        coalesce(sum(gross) filter (sale), 0) as gross, coalesce(sum(discount) filter (sale), 0) as discount,
        coalesce(sum(line_gross(n, 1) - discount * line_gross(n, 1) // gross) filter (is_returned), 0) as refunds
    from (select *, status in ('paid', 'shipped', 'delivered') as sale from slice)
"""

# Sixty in a hundred persons have a card. {here} is a moment between the beginning and the end.
MEMBERSHIP = {
    "members": """
        select key('M', n, 8) as member_id, key('6', n, 14) as card_number, person_name(n) as full_name,
            case when chance(n, 50) < 0.85 then email(n) end as email,
            case when chance(n, 51) < 0.8 then phone(n) end as phone,
            date '1950-01-01' + pick(n, 3, 0, 21000)::int as birth_date, ['female', 'male'][1 + n % 2] as gender,
            {start}::date + pick(n, 52, 0, 300)::int as joined_on, null::date as cancelled_on,
            chance(n, 53) < 0.7 as consent_email,
            true as consent_profiling, {start} + to_days(pick(n, 52, 0, 300)::int) as updated_at
        from range({customers}) t(n) where n % 20 <> 19 and chance(n, 54) < 0.6""",
    "activities": """
        select key('A', 4 * n + k, 9) as activity_id, key('M', n, 8) as member_id,
            ['sign_in', 'sign_in', 'review'][1 + k % 3] as type,
            {here} as occurred_at, null::decimal(18, 4) as quantity, null::varchar as reference, {here} as updated_at
        from (select 4 * n + k as i, n, k from range({customers}) t(n), range(3) s(k)
            where n % 20 <> 19 and chance(n, 54) < 0.6)""",
    "surveys": """
        select key('V', n, 8) as response_id, key('M', n, 8) as member_id, {here} as occurred_at, 'service' as topic,
            pick(n, 55, 2, 5) as expectation, pick(n, 56, 1, 5) as performance, null::varchar as comment,
            {here} as updated_at
        from (select n as i, n from range({customers}) t(n) where n % 20 = 3 and chance(n, 54) < 0.6)""",
    "benefit_uses": """
        select key('U', n, 8) as benefit_use_id, key('M', n, 8) as member_id, 'free shipping' as benefit,
            {here} as used_at,
            {here} as updated_at
            from (select n as i, n from range({customers}) t(n) where n % 20 = 5 and chance(n, 54) < 0.6)""",
    "campaign_contacts": """
        select key('K', n, 8) as contact_id, key('M', n, 8) as member_id, 'exam season' as campaign, 'email' as channel,
            {here} as sent_at, null::timestamp as opened_at, null::timestamp as clicked_at, {here} as updated_at
        from (select n as i, n from range({customers}) t(n) where n % 20 in (3, 7) and chance(n, 54) < 0.6)""",
    "product_views": """
        select key('W', n, 8) as view_id, key('M', n, 8) as member_id,
            key('B', pick(n, 57, 0, {products} - 1), 5) as product_id,
            {here} as viewed_at, pick(n, 58, 2, 600) as seconds, {here} as updated_at
        from (select n as i, n from range({customers}) t(n) where n % 20 in (9, 11) and chance(n, 54) < 0.6)""",
}

# Ticket n: opened at {opened_at}, assigned and answered within hours, solved in three days.
# {asker} is the number of the person who wrote it.
HELPDESK = {
    "groups": """
        select 7000 + n as id, 'Group ' || n as name, false as deleted, {iso_start} as created_at,
            {iso_start} as updated_at
        from range(1, 5) t(n)""",
    "users": """
        select 800000 + n as id, 'Agent ' || n as name, 'agent' || n || '@bookshop.example' as email, null as phone,
            'agent' as role,
            null as external_id, {iso_start} as created_at, {iso_start} as updated_at from range(1, 41) t(n)
        union all
        select 10000000 + n, person_name(n), email(n), null, 'end-user',
            case when chance(n, 54) < 0.3 then key('6', n, 14) end,
            {iso_start}, {iso_start}
        from (select distinct {asker} as n from range(1, {tickets} + 1) t(n)) order by id""",
    "tickets": """
        select n as id, iso(opened) as created_at, iso(opened + interval 3 day) as updated_at,
            epoch(opened + interval 3 day)::bigint as generated_timestamp, 'Where is my parcel' as subject,
            '我的包裹还没有到' as description,
            'solved' as status, 'normal' as priority, 'question' as type, 10000000 + {asker} as requester_id,
            10000000 + {asker} as submitter_id,
            800001 + n % 40 as assignee_id, 7001 + n % 4 as group_id, {{'channel': 'email'}} as via, ['parcel'] as tags,
            [{{'id': 360001, 'value': key('SO', (n * {orders} // {tickets}) % {orders}, 9)}},
                {{'id': 360002, 'value': null}}] as custom_fields,
            {{'score': 'unoffered'}} as satisfaction_rating
        from (select n, {opened_at} as opened from range(1, {tickets} + 1) t(n)) order by n""",
    "ticket_events": """
        select 1000000000 + 10 * (3 * n + k) as id, n as ticket_id, epoch(moment)::bigint as timestamp,
            iso(moment) as created_at,
            case when k = 0 then 10000000 + {asker} else 800001 + n % 40 end as updater_id,
            {{'channel': 'email'}} as via, 'Audit' as event_type,
            case k
                when 0 then json_array(
                    json_object('id', 1000000001 + 10 * (3 * n + k), 'event_type', 'Create', 'status', 'new'),
                    json_object('id', 1000000002 + 10 * (3 * n + k), 'event_type', 'Create', 'group_id', 7001 + n % 4))
                when 1 then json_array(
                    json_object('id', 1000000001 + 10 * (3 * n + k), 'event_type', 'Change',
                        'assignee_id', 800001 + n % 40,
                        'previous_value', null),
                    json_object('id', 1000000002 + 10 * (3 * n + k), 'event_type', 'Comment', 'type', 'Comment',
                        'author_id', 800001 + n % 40, 'body', 'It is on its way.', 'public', true))
                else json_array(
                    json_object('id', 1000000001 + 10 * (3 * n + k), 'event_type', 'Change',
                        'status', 'solved', 'previous_value', 'new'))
            end as child_events
        from (select n, k, {opened_at} + [interval 0 hour, interval 3 hour, interval 3 day][1 + k] as moment
            from range(1, {tickets} + 1) t(n), range(3) s(k)) order by moment, id""",
    "satisfaction_ratings": """
        select n as id, n as ticket_id, 10000000 + {asker} as requester_id, 800001 + n % 40 as assignee_id,
            7001 + n % 4 as group_id,
            ['good', 'good', 'bad'][1 + n % 3] as score, iso({opened_at} + interval 3 day) as created_at,
            iso({opened_at} + interval 3 day) as updated_at
        from range(1, {tickets} + 1) t(n) where n % 5 = 0 order by n""",
}
IDENTITIES = """
    select 'shop' as source_system, 'customers' as source_table, key('C', n, 8) as source_record_id,
        key('P', account_person(n), 8) as person_id from range({customers}) t(n)
    union all
    select 'membership', 'members', key('M', n, 8), key('P', n, 8) from range({customers}) t(n)
    where n % 20 <> 19 and chance(n, 54) < 0.6
    union all
    select 'helpdesk', 'users', (10000000 + n)::varchar, key('P', n, 8)
    from (select distinct {asker} as n from range(1, {tickets} + 1) t(n))
    union all
    select 'shop', 'orders', key('SO', n, 9),
        key('P', account_person(floor({customers} * pow(chance(n, 30), 1.3))::bigint), 8)
    from range({orders}) t(n) where chance(n, 31) < 0.12
    order by source_system, source_table, source_record_id
"""


def generate_large(
    folder: Path,
    *,
    seed: int,
    orders: int,
    shop_url: str | None,
    start: date,
    until: date,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Make a company of `orders` orders, most of the time into the shop's database, in less than 3 GiB."""
    shop_url = shop_url or f"sqlite:///{folder / 'shop.sqlite'}"
    begins, ends = datetime.combine(start, datetime.min.time()), datetime.combine(until, datetime.max.time())
    values = {
        "seed": seed % 1000,
        "orders": orders,
        "customers": max(20, orders // ORDERS_PER_CUSTOMER),
        "tickets": max(1, min(orders // 50, MOST_TICKETS)),
        "products": PRODUCTS,
        "start": f"timestamp '{begins:%Y-%m-%d %H:%M:%S}'",
        "opened": f"timestamp '{begins:%Y-%m-%d %H:%M:%S}'",
        "end_at": f"timestamp '{ends:%Y-%m-%d %H:%M:%S}'",
        "iso_start": f"'{begins:%Y-%m-%dT%H:%M:%SZ}'",
        "span_microseconds": int((ends - begins) / timedelta(microseconds=1)),
        "updated": UPDATED,
        "span_seconds": int((ends - begins).total_seconds()),
        "asker": "account_person(pick(n, 60, 0, {customers} - 1))",
        # Cards are handed out in the first 300 days; what their holders do comes after.
        "here": "{start} + to_seconds(pick(i, 59, 310 * 86400, {span_seconds} - 86400))",
        # The last ticket is opened three and a half days before the end, so that it can be solved.
        "opened_at": "{start} + to_seconds((n - 1) * ({span_seconds} - 302400) // {tickets})",
    }
    for name in ("asker", "here", "opened_at"):
        values[name] = values[name].format(**values)
    work = folder / ".bulk"
    work.mkdir(exist_ok=True)
    connection = scratch_connection(work, "sqlite" if shop_url.startswith("sqlite:///") else "postgres")
    connection.execute("set memory_limit = '2GB'")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(MACROS.format(**values))
    connection.execute("create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ')")
    totals = _write_shop(connection, shop_url, values, say)
    say("membership and helpdesk")
    for subfolder, tables, target in (
        ("members", MEMBERSHIP, "{name}_all.parquet' (format parquet)"),
        ("helpdesk", HELPDESK, "{name}.jsonl' (format json)"),
    ):
        (folder / subfolder).mkdir(exist_ok=True)
        for name, query in tables.items():
            connection.execute(f"copy ({query.format(**values)}) to '{folder / subfolder}/{target.format(name=name)}")
    (folder / "truth").mkdir(exist_ok=True)
    connection.execute(
        f"copy ({IDENTITIES.format(**values)}) to '{folder / 'truth'}/identities.parquet' (format parquet)"
    )
    connection.execute("create temp table totals (metric varchar, value decimal(18, 4))")
    connection.executemany("insert into totals values (?, ?::decimal(18, 4))", list(totals.items()))
    connection.execute(f"copy totals to '{folder / 'truth'}/totals.parquet' (format parquet)")
    connection.close()
    for leftover in sorted(work.rglob("*"), reverse=True):
        leftover.rmdir() if leftover.is_dir() else leftover.unlink()
    work.rmdir()


def _write_shop(connection: duckdb.DuckDBPyConnection, shop_url: str, values: dict, say) -> dict[str, str]:
    """Write the shop's tables and return the totals of TOTALS as text, money in whole units."""
    sqlite = shop_url.startswith("sqlite:///")
    types = SQLITE if sqlite else POSTGRES
    if sqlite:
        Path(shop_url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    for table in SHOP:
        run_statements(shop_url, create_statements(table, types))
    kind, target = ("sqlite", shop_url.removeprefix("sqlite:///")) if sqlite else ("postgres", shop_url)
    if not sqlite and not shop_url.startswith(("postgresql://", "postgres://")):
        raise SettingError("The sample shop is written to sqlite:///path or postgresql://…, nothing else.")
    connection.execute(f"attach '{target}' as shop (type {kind})")
    tables = {table.name: table for table in SHOP}

    def insert(name: str, query: str, values: dict) -> None:
        columns = []
        for column in tables[name].columns:
            exact = sqlite and column.type in ("money", "timestamp", "date")
            columns.append(f"{column.name}::varchar" if exact else column.name)
        schema = "" if sqlite else "public."
        connection.execute(
            f"insert into shop.{schema}{name} select {', '.join(columns)} from ({query.format(**values)})"
        )

    for name, query in SMALL_TABLES.items():
        insert(name, query, values)
    sums: dict[str, int] = {}
    for low in range(0, values["orders"], CHUNK):
        high = min(low + CHUNK, values["orders"])
        connection.execute(ORDERS.format(low=low, high=high, **values))
        for name, query in SLICE_TABLES.items():
            insert(name, query, values)
        result = connection.execute(TOTALS)
        names = [column[0] for column in result.description]
        for name, value in zip(names, result.fetchone(), strict=True):
            sums[name] = sums.get(name, 0) + int(value)
        say(f"{high:,} of {values['orders']:,} orders")
    connection.execute("detach shop")
    say("keys and indexes")
    for table in SHOP:
        run_statements(shop_url, finish_statements(table, sqlite=sqlite))
    gross, discount, refunds = sums.pop("gross"), sums.pop("discount"), sums.pop("refunds")
    sums["refunded_returns"] = sums.pop("returns")
    cents = {"gross_sales": gross, "discount": discount, "refunds": refunds, "net_sales": gross - discount - refunds}
    return {name: str(value) for name, value in sums.items()} | {
        name: f"{value // 100}.{value % 100:02d}" for name, value in cents.items()
    }
