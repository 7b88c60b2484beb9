"""A warehouse with only what the identity commands read, in the columns that the identity models give it."""

from __future__ import annotations

from datetime import datetime

import duckdb

from customer360.config import Settings
from customer360.warehouse import writing

LOADED = datetime(2026, 3, 1, 8)

TABLES = """
    create or replace table identity.source_records (
        record_key varchar, source_system varchar, source_table varchar, source_record_id varchar,
        full_name varchar, email_normalised varchar, phone_normalised varchar, born_on date,
        address_normalised varchar, city_normalised varchar, postcode_normalised varchar, card_number varchar,
        account_type varchar, first_seen_at timestamp, _loaded_at timestamp
    );
    create or replace table identity.record_assignments (
        record_key varchar, source_system varchar, source_table varchar, source_record_id varchar, customer_id varchar,
        match_rule varchar, match_probability double, valid_from timestamp, valid_to timestamp
    );
    create or replace table identity.record_links (
        record_key_a varchar, record_key_b varchar, match_rule varchar, match_probability double, reason varchar
    );
    create or replace table identity.record_pairs (
        record_key_a varchar, record_key_b varchar, match_rule varchar, match_probability double, match_weight double,
        reason varchar, outcome varchar
    );
    create or replace table identity.review_queue (
        review_rank bigint, record_key_a varchar, record_key_b varchar, customer_id_a varchar, customer_id_b varchar,
        outcome varchar, match_rule varchar, match_probability double, reason varchar, pair_count bigint,
        orders_at_stake bigint, account_type_a varchar, account_type_b varchar, full_name_a varchar,
        full_name_b varchar, email_a varchar, email_b varchar, phone_a varchar, phone_b varchar, born_on_a date,
        born_on_b date, address_a varchar, address_b varchar, city_a varchar, city_b varchar, postcode_a varchar,
        postcode_b varchar, first_seen_at_a timestamp, first_seen_at_b timestamp
    );
    create or replace table identity.customer_id_history (
        customer_id varchar, current_customer_id varchar, valid_from timestamp, valid_to timestamp
    );
"""


def make(settings: Settings, customers: dict[str, list[str]]) -> None:
    """A built warehouse in which each customer has these records, named by their keys; no links yet."""
    with writing(settings, "test") as connection:
        connection.execute(TABLES)
        for customer_id, keys in customers.items():
            connection.execute(
                f"insert into identity.customer_id_history values ('{customer_id}', '{customer_id}', '{LOADED}', null)"
            )
            for key in keys:
                add_record(connection, key, customer_id)


def add_record(connection: duckdb.DuckDBPyConnection, key: str, customer_id: str) -> None:
    place, source_id = key.split(":", 1)
    system, table = place.split(".")
    connection.execute(
        f"""
        insert into identity.source_records by name select '{key}' as record_key, '{system}' as source_system,
            '{table}' as source_table, '{source_id}' as source_record_id, 'Canary {source_id}' as full_name,
            'canary.{source_id}@example.org' as email_normalised, '+44700900123' as phone_normalised,
            date '1990-05-17' as born_on, timestamp '2025-01-01' as first_seen_at, timestamp '{LOADED}' as _loaded_at;
        insert into identity.record_assignments values
            ('{key}', '{system}', '{table}', '{source_id}', '{customer_id}', 'only_record', 1.0, '{LOADED}', null)
        """
    )


def change(settings: Settings, *statements: str) -> None:
    with writing(settings, "test") as connection:
        for statement in statements:
            connection.execute(statement)


def query(settings: Settings, statement: str) -> list[tuple]:
    with writing(settings, "test") as connection:
        return connection.execute(statement).fetchall()
