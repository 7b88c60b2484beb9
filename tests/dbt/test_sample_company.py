"""The marts of the sample company against the truth its generator kept, and no personal data in them."""

import pytest


def value(connection, sql):
    return connection.execute(sql).fetchone()[0]


@pytest.mark.parametrize(
    ("metric", "sql"),
    [
        ("orders", "select count(*) from marts.orders"),
        ("sale_orders", "select count(*) from marts.orders where is_sale"),
        ("order_items", "select count(*) from marts.order_items"),
        ("gross_sales", "select sum(gross_sales) from marts.orders"),
        ("discount", "select sum(discount) from marts.orders"),
        ("refunds", "select sum(refunds) from marts.orders"),
        ("net_sales", "select sum(net_sales) from marts.orders"),
        ("net_sales", "select sum(net_sales) from marts.order_items"),
        ("net_sales", "select sum(net_sales) from marts.customer_360"),
        ("sale_orders", "select sum(order_count) from marts.customer_360"),
    ],
)
def test_totals_are_the_true_ones(warehouse, metric, sql):
    true = value(warehouse, f"select value from memory.truth.totals where metric = '{metric}'")
    assert value(warehouse, sql) == true


def pairs(connection, keys: str) -> int:
    """How many pairs of source records agree on `keys`."""
    return value(
        connection,
        f"""
        select sum(n * (n - 1) / 2) from (
            select count(*) as n from intermediate.int_source_records_identified
            inner join memory.truth.identities using (source_system, source_table, source_record_id)
            group by {keys}
        )
        """,
    )


def test_every_source_record_is_known_to_the_truth_and_has_a_customer(warehouse):
    lost, invented = warehouse.execute(
        """
        select count(*) filter (customer_id is null), count(*) filter (person_id is null)
        from intermediate.int_source_records_identified
        full join memory.truth.identities using (source_system, source_table, source_record_id)
        """
    ).fetchone()
    assert (lost, invented) == (0, 0)


def test_what_exact_rules_can_find_is_found_or_asked(warehouse):
    """A pair that exact rules join and other evidence contradicts is not linked in silence, but put to a person."""
    linked = pairs(warehouse, "customer_id, exact_group")
    asked = value(
        warehouse,
        """
        with
        records as (
            select record_key, customer_id, exact_group
            from intermediate.int_source_records_identified
            inner join memory.truth.identities using (source_system, source_table, source_record_id)
        ),
        questions as (
            select distinct unnest([{'one': a.customer_id, 'other': b.customer_id},
                {'one': b.customer_id, 'other': a.customer_id}], recursive := true)
            from identity.record_pairs
            inner join records as a on a.record_key = record_key_a
            inner join records as b on b.record_key = record_key_b
            where outcome in ('held', 'review')
        )
        select count(*)
        from records as a
        inner join records as b on a.exact_group = b.exact_group and a.record_key < b.record_key
        inner join questions on a.customer_id = one and b.customer_id = other
        where a.customer_id <> b.customer_id
        """,
    )
    possible = pairs(warehouse, "exact_group")
    assert linked / possible > 0.985
    assert (linked + asked) / possible > 0.995


def test_links_fuse_no_strangers(warehouse):
    assert pairs(warehouse, "customer_id, person_id") / pairs(warehouse, "customer_id") > 0.999


def test_placeholders_link_nobody_and_are_listed(warehouse):
    listed = warehouse.execute(
        "select identifier, record_count from identity.excluded_values where reason like 'listed: %' order by 1"
    ).fetchall()
    assert [identifier for identifier, _ in listed] == ["+8613800000000", "noreply@example.com"]
    assert all(record_count > 50 for _, record_count in listed)


def test_two_salespeople_on_one_customer_are_a_conflict(warehouse):
    """Against the orders of the last year of each person whom exact rules can join."""
    expected, found, both = warehouse.execute(
        """
        with buyers as (
            select
                identities.exact_group,
                orders.salesperson_id
            from staging.stg_shop__orders as orders
            inner join memory.truth.identities as identities
                on identities.source_system = 'shop'
                and identities.source_record_id = coalesce(orders.shop_customer_id, orders.order_id)
            where orders.salesperson_id is not null and orders.ordered_at >= timestamp '2026-11-01' - interval 365 day
        ),
        expected as (
            select exact_group from buyers group by 1 having count(distinct salesperson_id) > 1
        ),
        found as (
            select distinct exact_group
            from marts.customer_owners
            inner join intermediate.int_source_records_identified using (customer_id)
            inner join memory.truth.identities using (source_system, source_table, source_record_id)
            where is_conflict
        )
        select
            (select count(*) from expected),
            (select count(*) from found),
            (select count(*) from expected inner join found using (exact_group))
        """
    ).fetchone()
    assert expected >= 5
    assert both / expected > 0.9
    assert both / found > 0.8  # a customer that fused two persons has two salespeople more often


def test_the_timeline_tells_every_order_ticket_and_member(warehouse):
    told = dict(warehouse.execute("select event_type, count(*) from marts.customer_timeline group by 1").fetchall())
    true = dict(warehouse.execute("select metric, value from memory.truth.totals").fetchall())
    assert told["order_placed"] == true["orders"]
    nobodys = "select records from memory.truth.planted where fault = 'ticket without a requester'"
    assert told["ticket_opened"] == true["tickets"] - value(warehouse, nobodys)
    assert told["member_joined"] >= true["members"]
    assert told["return_refunded"] == true["refunded_returns"]


def test_marts_hold_no_personal_data(warehouse):
    """Looks for every name, e-mail, phone and address of the company's persons in every text of every mart."""
    warehouse.execute(
        """
        create or replace temp table personal as
        select distinct
            lower(unnest([full_name, email, phone, address_line, organisation_name, contact_person])) as text
        from intermediate.int_customer_contacts
        """
    )
    columns = warehouse.execute(
        """
        select table_name, column_name from information_schema.columns
        where table_catalog = 'warehouse' and table_schema = 'marts' and data_type = 'VARCHAR'
        """
    ).fetchall()
    assert len(columns) > 50
    for table, column in columns:
        found = value(
            warehouse,
            f"select count(*) from marts.{table} where lower({column}) in (from personal where text is not null)"
            f" or regexp_matches({column}, '[^ ]@[^ ]+[.]')",
        )
        assert found == 0, f"{table}.{column}"


def test_contacts_have_one_row_per_customer(warehouse):
    contacts, customers = warehouse.execute(
        """
        select (select count(*) from intermediate.int_customer_contacts), count(*) from marts.customer_360
        """
    ).fetchone()
    assert contacts == customers
