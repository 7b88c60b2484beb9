"""A warehouse in which only tickets happen: the raw tables, and what the ticket models read from other areas, empty."""

from __future__ import annotations

import duckdb

from customer360.config import Settings
from customer360.warehouse import writing

# From raw to the marts `tickets` and `ticket_events`, and what they are timed by.
TICKET_MODELS = """
    stg_helpdesk__ticket_events stg_helpdesk__tickets int_ticket_fields_pivoted int_tickets_identified
    int_ticket_events_ordered int_ticket_events_unnested int_service_staff_listed int_ticket_assignments_ordered
    int_ticket_statuses_ordered int_ticket_stretches int_ticket_handoffs_found int_ticket_repeats_found
    int_ticket_waiting_accumulated int_ticket_waiting_measured int_ticket_reply_waits_found
    int_ticket_replies_aggregated_to_tickets int_ticket_assignments_aggregated_to_tickets
    int_ticket_resolutions_measured ticket_events tickets
"""
RULES = """
    ticket_codes ticket_fields group_schedules business_schedules business_hours business_days time_zone_offsets
    int_days_numbered int_time_zones_dated int_business_days_dated int_business_hours_dated
    int_business_time_accumulated
"""
OTHERS = {
    "staging.stg_helpdesk__users": "user_id varchar, is_staff boolean, _loaded_at timestamp",
    "staging.stg_shop__orders": "order_id varchar",
    "intermediate.int_source_records_identified":
        "source_system varchar, source_table varchar, source_record_id varchar, customer_id varchar",
    "intermediate.int_promises_aggregated_to_tickets":
        "ticket_id varchar, promise_count integer, broken_promise_count integer, vague_answer_count integer",
    "intermediate.int_ticket_ratings_latest": "ticket_id varchar, csat_score integer",
    "intermediate.int_sla_aggregated_to_tickets":
        "ticket_id varchar, is_within_sla boolean, sla_breach_count integer",
}  # fmt: skip


def prepare(settings: Settings) -> None:
    """Make the warehouse file with its raw tables and the tables of OTHERS, all empty."""
    with writing(settings, "prepare tickets") as connection:
        for name, columns in OTHERS.items():
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.execute(f"create or replace table {name} ({columns})")


def people(connection: duckdb.DuckDBPyConnection, *, agents: int, customers: int) -> None:
    """Agents 1 to `agents` and customers from 1,000,000 on, each with a customer of the same number."""
    connection.execute(f"""
        insert into staging.stg_helpdesk__users
        select n::varchar, true, timestamp '2020-01-01' from range(1, {agents} + 1) t(n)
    """)
    connection.execute(f"""
        insert into intermediate.int_source_records_identified
        select 'helpdesk', 'users', (1000000 + n)::varchar, 'C' || n from range({customers}) t(n)
    """)
