"""Normalisation in the built warehouse: once, by one set of rules, as `evaluate` does it, and needed by no reader."""

from __future__ import annotations

import duckdb

from customer360.build import build
from customer360.identity.functions import INPUTS, OUTPUTS, register, source_records


def test_dbt_and_evaluate_make_the_same_source_records(sample):
    said = """(
        select concat('shop.customers:', shop_customer_id) as record_key, *, born_on as birth_date
        from warehouse.staging.stg_shop__customers
    )"""
    with duckdb.connect() as connection:
        register(connection)
        connection.execute(f"attach '{sample.warehouse}' as warehouse (read_only)")
        columns = ", ".join(("record_key", *OUTPUTS))
        here = source_records(
            said, columns=(*(set(INPUTS) - {"given_name", "family_name"}), "_loaded_at"), default_country="CN"
        )
        different = connection.execute(
            f"""
            with
            built as (
                select {columns} from warehouse.identity.source_records where source_table = 'customers'
            ),
            evaluated as (
                select {columns} from ({here})
            )
            select count(*) from (select * from built except select * from evaluated)
            union all
            select count(*) from (select * from evaluated except select * from built)
            union all
            select count(*) from built where name_normalised is not null
            """
        ).fetchall()
    assert different[:2] == [(0,), (0,)]
    assert different[2][0] > 1000


def test_a_reader_needs_no_function_of_ours(sample):
    with duckdb.connect(str(sample.warehouse), read_only=True) as connection:
        views = connection.execute("select schema_name, view_name from duckdb_views() where not internal").fetchall()
        assert len(views) > 20
        for schema, view in views:
            connection.execute(f"select * from {schema}.{view} limit 0")


def test_a_day_normalises_what_is_new_and_other_rules_everything(copy_of_sample):
    settings = copy_of_sample()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("update staging.stg_shop__customers set phone_normalised = 'untouched'")
        ((changed, unchanged),) = connection.execute(
            "select min(customer_id), max(customer_id) from raw.shop_customers"
        ).fetchall()
        connection.execute(
            """
            insert into raw.shop_customers by name
            select * replace (
                '13912345678' as phone,
                updated_at + interval 1 day as updated_at,
                _loaded_at + interval 1 year as _loaded_at
            )
            from raw.shop_customers where customer_id = ?
            """,
            [changed],
        )
        connection.execute(
            "update staging.stg_membership__members set _normalised_with = 'others', email_normalised = 'x'"
        )
        connection.execute("alter table staging.stg_helpdesk__users drop column _normalised_with")
        connection.execute("update staging.stg_helpdesk__users set email_normalised = 'x'")
    build(settings, run_id="again", with_tests=False, progress=lambda _: None)
    with duckdb.connect(str(settings.warehouse)) as connection:
        phones = dict(
            connection.execute("select shop_customer_id, phone_normalised from staging.stg_shop__customers").fetchall()
        )
        assert (phones[changed], phones[unchanged]) == ("+8613912345678", "untouched")
        for table in ("stg_membership__members", "stg_helpdesk__users"):
            left = connection.execute(
                f"select count(*) from staging.{table} where email_normalised = 'x' or _normalised_with = 'others'"
            )
            assert left.fetchone() == (0,)
