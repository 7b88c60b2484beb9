"""What the warehouse remembers beside raw: who was which customer, what people decided, what was believed of members.

Models that are computed anew forget by themselves. These tables do not, so erased people are taken out of them here.
"""

from __future__ import annotations

import duckdb

from customer360.config import Settings
from customer360.erasure.forgetting import prepare as prepare_tombstones
from customer360.erasure.places import ORDERS, TICKETS
from customer360.erasure.redaction import recogniser
from customer360.erasure.search import Search
from customer360.identity.changes import remember_published
from customer360.sources.contract import TABLES

# Models that carry on from themselves, by customer.
BY_CUSTOMER = ("int_growth_entries", "int_member_level_periods", "int_member_level_beliefs")
PROMISES = "int_promises_read"
# Words that people typed, and messages of programs, which may quote anything.
MESSAGES = {
    "identity.match_decisions": ("reason",),
    "identity.accepted_moves": ("reason",),
    "ops.pipeline_runs": ("message",),
    "ops.loads": ("message",),
    "ops.model_runs": ("message",),
    "ops.completeness_results": ("message",),
}


def forget_memory(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Take everybody with a tombstone out of what is remembered; {table: rows}. The next build makes the rest anew."""
    found: dict[str, int] = {}
    if _exists(connection, "identity", "record_assignments"):
        found |= _forget_identity(connection)
    for column_a, column_b, table in (
        ("record_key_a", "record_key_b", "match_decisions"),
        ("record_key", "record_key", "accepted_moves"),
        ("record_key", "record_key", "published_assignments"),
    ):
        erased = f"select record_key from ({_erased_keys(column_a, column_b, f'identity.{table}')})"
        found[f"identity.{table}"] = _delete(
            connection, f"identity.{table}", f"{column_a} in ({erased}) or {column_b} in ({erased})"
        )
    if _exists(connection, "intermediate", PROMISES):
        events = (
            "select id from raw.helpdesk_ticket_events "
            f"where erased_fingerprint('{TICKETS}', ticket_id) in (select fingerprint from tombstones)"
        )
        found[f"intermediate.{PROMISES}"] = _delete(connection, f"intermediate.{PROMISES}", f"event_id in ({events})")
    for table, columns in MESSAGES.items():
        found[f"{table} (words)"] = _redact_messages(connection, table, columns)
    connection.execute("delete from ops.model_versions")  # so every incremental model is built anew
    return {place: count for place, count in found.items() if count}


def forget_assignments_published(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Remember what the current publication says of identities, which a build would do, without the erased."""
    if prepare_tombstones(settings, connection):
        remember_published(connection, settings)
        table = "identity.published_assignments"
        erased = _erased_keys("record_key", "record_key", table)
        _delete(connection, table, f"record_key in (select record_key from ({erased}))")


def blot_messages(connection: duckdb.DuckDBPyConnection, search: Search) -> int:
    """Messages and quarantined texts that quote what only the plan of an erasure knows, such as an address."""
    changed = 0
    for table, columns in (MESSAGES | {"ops.quarantine": ("record",)}).items():
        for column in columns:
            rows = connection.execute(
                f"select rowid, {column} from {table} where regexp_matches(lower({column}), $pattern)",
                {"pattern": search.pattern},
            ).fetchall()
            for row, text in rows:
                clean = search.blotted(text.encode()).decode()
                connection.execute(f"update {table} set {column} = $clean where rowid = {row}", {"clean": clean})
                changed += 1
    return changed


def _forget_identity(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Records leave their customers; orders that are kept belong to the pseudonym, a customer's id from now on.

    Members are forgotten by customer id: those ids that nobody else's record has now.
    """
    connection.execute(
        """
        create or replace temp table erased_assignments as
        select record_key, source_record_id, customer_id, source_system || '_' || source_table as kind, pseudonym
        from (
            select *, erased_fingerprint(source_system || '_' || source_table, source_record_id) as fingerprint
            from identity.record_assignments where not starts_with(customer_id, 'erased-')
        ) inner join tombstones using (fingerprint)
        where kind = source_system || '_' || source_table
        """
    )
    found = {}
    found["identity.record_assignments"] = _delete(
        connection, "identity.record_assignments", "record_key in (select record_key from erased_assignments)"
    )
    connection.execute(
        """
        create or replace temp table erased_customers as
        select customer_id, any_value(pseudonym) as pseudonym from erased_assignments
        where customer_id not in (select customer_id from identity.record_assignments where valid_to is null)
        group by customer_id
        """
    )
    connection.execute(
        "update identity.record_assignments set customer_id = pseudonym from erased_customers "
        "where record_assignments.customer_id = erased_customers.customer_id"  # once another's record was there too
    )
    customers = "select customer_id from erased_customers"
    for table in BY_CUSTOMER:
        if _exists(connection, "intermediate", table):
            found[f"intermediate.{table}"] = _delete(
                connection, f"intermediate.{table}", f"customer_id in ({customers})"
            )
    key = TABLES[ORDERS].key
    connection.execute(
        f"""
        insert into identity.record_assignments
            (record_key, source_system, source_table, source_record_id, customer_id, match_rule, match_probability,
                valid_from, valid_to)
        select 'shop.orders:' || {key}, 'shop', 'orders', {key}, any_value(pseudonym), 'shop_customer_id', 1.0,
            min(_loaded_at), null
        from raw.{ORDERS}
        inner join (select distinct pseudonym from tombstones) on customer_id = pseudonym
        where 'shop.orders:' || {key} not in (select record_key from identity.record_assignments where valid_to is null)
        group by {key}
        """
    )
    _delete(
        connection, "identity.accepted_moves", f"from_customer_id in ({customers}) or to_customer_id in ({customers})"
    )
    return found


def _erased_keys(column_a: str, column_b: str, table: str) -> str:
    """SQL: the record keys in a table that have a tombstone."""
    return f"""
        select record_key from (
            select {column_a} as record_key from {table} union select {column_b} from {table}
        )
        where erased_fingerprint(
            replace(split_part(record_key, ':', 1), '.', '_'), substr(record_key, strpos(record_key, ':') + 1)
        ) in (select fingerprint from tombstones)
    """


def _redact_messages(connection: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    known, changed = recogniser(connection), 0
    for column in columns:
        texts = connection.execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
        for (text,) in texts:
            if (clean := known.redacted_document(text)) != text:
                connection.execute(
                    f"update {table} set {column} = $clean where {column} = $text", {"clean": clean, "text": text}
                )
                changed += 1
    return changed


def _delete(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> int:
    return connection.execute(f"delete from {table} where {condition}").fetchone()[0]


def _exists(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    row = connection.execute(
        "select 1 from duckdb_tables() "
        "where database_name = current_database() and schema_name = $schema and table_name = $table",
        {"schema": schema, "table": table},
    ).fetchone()
    return row is not None
