"""The files of the truth: what each holds, and how it is written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_MONEY = pa.decimal128(18, 4)
_TEXT, _TIME, _DAY, _TEXTS = pa.string(), pa.timestamp("us"), pa.date32(), pa.list_(pa.string())
SCHEMAS = {
    # One row per person or organisation.
    "persons": {
        "person_id": _TEXT,
        "kind": _TEXT,
        "full_name": _TEXT,
        "birth_date": _DAY,
        "emails": _TEXTS,
        "phones": _TEXTS,
        "household": _TEXT,
        "active_from": _DAY,
    },
    # One row per source record that is somebody's: shop customers and guest orders, helpdesk end users, members.
    "identities": {
        "source_system": _TEXT,
        "source_table": _TEXT,
        "source_record_id": _TEXT,
        "person_id": _TEXT,
        "exact_group": _TEXT,
        "is_linkable": pa.bool_(),
    },
    # One row per e-mail or phone that belongs to more than one person.
    "shared_values": {"reason": _TEXT, "identifier": _TEXT, "person_ids": _TEXTS},
    # One row per growth entry.
    "growth_ledger": {
        "entry_id": _TEXT,
        "person_id": _TEXT,
        "occurred_at": _TIME,
        "rule_id": _TEXT,
        "growth_value": _MONEY,
        "source_record_id": _TEXT,
        "reverses_entry_id": _TEXT,
        "earned_on": _DAY,
        "expires_on": _DAY,
        "coefficient": _MONEY,
        "level": _TEXT,
    },
    # One row per person with a card and day: the last of each of twelve months, and the last day of all.
    "levels": {
        "person_id": _TEXT,
        "as_of_date": _DAY,
        "level": _TEXT,
        "growth_value": _MONEY,
        "joined_on": _DAY,
        "cancelled_on": _DAY,
    },
    # One row per person and period at one level, also those to come if nothing more is earned; change_reason where it
    # is plain.
    "level_periods": {
        "person_id": _TEXT,
        "level": _TEXT,
        "valid_from": _DAY,
        "valid_to": _DAY,
        "change_reason": _TEXT,
    },
    # One row per ticket: what happened to it, replayed from its events. Seconds where the marts have minutes.
    "tickets": {
        "ticket_id": _TEXT,
        "handoff_count": pa.int64(),
        "group_change_count": pa.int64(),
        "group_move_count": pa.int64(),
        "agent_station_count": pa.int64(),
        "group_station_count": pa.int64(),
        "repeat_count": pa.int64(),
        "repeats_caused_by": _TEXTS,
        "reopen_count": pa.int64(),
        "reply_count": pa.int64(),
        "is_one_touch": pa.bool_(),
        "first_reply_at": _TIME,
        "next_reply_seconds": pa.list_(pa.int64()),
        "solved_at": _TIME,
        "first_resolution_seconds": pa.int64(),
        "first_resolution_business_seconds": pa.int64(),
        "resolution_seconds": pa.int64(),
        "resolution_business_seconds": pa.int64(),
        **{
            f"{name}{clock}_seconds": pa.int64()
            for name in ("customer_waiting", "waiting_on_customer", "on_hold", "solved")
            for clock in ("", "_business")
        },
    },
    # One row per promise made on a ticket, by its field, a tag or an agent's words; outcome is null and problem says
    # why where it was due before it was made.
    "promises": {
        "ticket_id": _TEXT,
        "agent_id": _TEXT,
        "promised_at": _TIME,
        "due_at": _TIME,
        "outcome": _TEXT,
        "problem": _TEXT,
        "source": _TEXT,
        "words": _TEXT,
        "is_sure": pa.bool_(),
    },
    # One row per ticket and service-level metric, and for next_reply per wait of the customer.
    "ticket_sla": {
        "ticket_id": _TEXT,
        "metric": _TEXT,
        "wait_number": pa.int64(),
        "began_at": _TIME,
        "ended_at": _TIME,
        "outcome": _TEXT,
    },
    # One row per public reply that puts the customer off without a time.
    "vague_answers": {"ticket_id": _TEXT, "agent_id": _TEXT, "answered_at": _TIME, "words": _TEXT},
    # One row per order that a delivery was promised for. at_risk_on: the first day at whose end it could be seen
    # coming that it would be late, or on which it was, also where it came in time; notice only of these.
    "deliveries": {
        "order_id": _TEXT,
        "outcome": _TEXT,
        "days_late": pa.int64(),
        "is_at_risk": pa.bool_(),
        "at_risk_on": _DAY,
        "notice": _TEXT,
    },
    # One row per return. Money in cents, of a part of a line with fractions of them.
    "returns": {
        "return_id": _TEXT,
        "policy_id": _TEXT,
        "is_within_policy": pa.bool_(),
        "paid_cents": pa.float64(),
        "expected_cents": pa.float64(),
        "difference_cents": pa.float64(),
        "is_refund_overdue": pa.bool_(),
    },
    # One row per complaint of a person: its first sign, how many it has, and the first of what it is about.
    "complaints": {
        "person_id": _TEXT,
        "occurred_at": _TIME,
        "signals": _TEXT,
        "signal_count": pa.int64(),
        "ticket_id": _TEXT,
        "order_id": _TEXT,
        "return_id": _TEXT,
    },
    # One row per figure.
    "totals": {"metric": _TEXT, "value": _MONEY},
    # One row per kind of fault and table.
    "planted": {
        "fault": _TEXT,
        "source_system": _TEXT,
        "source_table": _TEXT,
        "outcome": _TEXT,
        "records": pa.int64(),
        "record_ids": _TEXTS,
    },
}


def write_truth(folder: Path, tables: dict[str, list[dict]]) -> None:
    """Write each table of SCHEMAS that is given as `folder/<name>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        schema = pa.schema(list(SCHEMAS[name].items()))
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
