"""What a build changed about who is which customer, before readers see it.

By hand: `customer360 identity changes`, `customer360 identity accept-changes --why TEXT`.

A build is compared with the publication that is current when it begins, since that is what people have seen: its
assignments are remembered in identity.published_assignments, and the models identity.record_moves and
identity.customer_changes say what differs. A build that publishes nothing therefore hides no change from the next.

Too many moves stop the check of publication (expectations/record_moves.py). Accepting takes exactly the moves of the
last build, record by record: what later builds add to them is counted anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb

from customer360.config import Settings
from customer360.errors import IdentityError
from customer360.identity.lookup import require_built
from customer360.sources.casting import constant, literal
from customer360.warehouse import new_id, utc_now

KINDS = ("new", "merged", "split", "moved", "retired")


@dataclass(frozen=True)
class Summary:
    """The changes of one build in figures; publication_id is None before the first publication."""

    publication_id: str | None
    customers: dict[str, int]  # by kind of change
    records_moved: int
    customers_moved: int  # customers of the publication that lost a record to another one
    records_accepted: int  # of the records moved
    records: int  # source records that were published and are still there
    published_customers: int

    def __str__(self) -> str:
        if self.publication_id is None:
            return f"{self.customers['new']:,} customers, none published before"
        changed = ", ".join(f"{self.customers[kind]:,} {kind}" for kind in ("new", "merged", "split", "retired"))
        share = f" ({self.records_moved / self.records:.2%})" if self.records_moved else ""
        return f"{changed}; {self.records_moved:,} of {self.records:,} records moved{share}"


def remember_published(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make identity.published_assignments what the current publication says; called as a build begins."""
    published = settings.published / "current"
    manifest = published / "manifest.json"
    publication = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    current = publication.get("publication_id")
    remembered = connection.execute("select publication_id from identity.published_assignments limit 1").fetchone()
    if (remembered[0] if remembered else None) == current:
        return
    connection.execute("begin")
    connection.execute("delete from identity.published_assignments")
    if current:
        # the Parquet file, since a DuckDB file that this process may be reading elsewhere cannot be attached twice
        identities = literal(str(published / "parquet" / "customer_identities.parquet"))
        connection.execute(
            f"""
            insert into identity.published_assignments
            select
                {literal(current)}, timestamp {literal(publication["published_at"])},
                concat(source_system, '.', source_table, ':', source_record_id), customer_id
            from read_parquet({identities}) where valid_to is null
            """
        )
    connection.execute("commit")


def summary(connection: duckdb.DuckDBPyConnection) -> Summary:
    """The changes of the last build. Raises IdentityError before the first."""
    require_built(connection, "record_moves", "customer_changes")
    counts = dict(connection.execute("select kind, count(*) from identity.customer_changes group by kind").fetchall())
    figures = connection.execute(
        """
        select
            (select any_value(publication_id) from identity.published_assignments),
            (select count(*) from identity.record_moves),
            (select count(distinct from_customer_id) from identity.record_moves),
            (select count(*) from identity.record_moves
                semi join identity.accepted_moves using (record_key, from_customer_id, to_customer_id)),
            (select count(*) from identity.published_assignments where record_key in (
                select record_key from identity.record_assignments where valid_to is null)),
            (select count(distinct customer_id) from identity.published_assignments)
        """
    ).fetchone()
    publication_id, moved, customers_moved, accepted, records, customers = figures
    by_kind = {kind: counts.get(kind, 0) for kind in KINDS}
    return Summary(publication_id, by_kind, moved, customers_moved, accepted, records, customers)


def listed(connection: duckdb.DuckDBPyConnection, *, kinds: tuple[str, ...] = (), limit: int = 50) -> list[tuple]:
    """Rows (kind, from_customer_id, to_customer_id, record_count, since) of identity.customer_changes, largest first.

    Without `kinds`, all but new customers: those are many, and nobody's figures change by them.
    """
    wanted = ", ".join(map(literal, kinds or KINDS[1:]))
    return connection.execute(
        f"""
        select kind, from_customer_id, to_customer_id, record_count, since from identity.customer_changes
        where kind in ({wanted})
        order by record_count desc, kind, from_customer_id, to_customer_id limit {int(limit)}
        """
    ).fetchall()


def accept(connection: duckdb.DuckDBPyConnection, *, who: str, why: str) -> int:
    """Accept the last build's moves for publication; how many were not accepted before.

    Raises IdentityError for a reason left out, and before the first build.
    """
    require_built(connection, "record_moves")
    if not why.strip() or not who.strip():
        raise IdentityError("Accepting needs a reason and a name, so that it can be judged later.")
    acceptance = (new_id("acceptance"), utc_now(), who.strip(), why.strip())
    rows = connection.execute(
        f"""
        insert into identity.accepted_moves
        select {", ".join(map(constant, acceptance))}, record_key, from_customer_id, to_customer_id
        from identity.record_moves
        anti join identity.accepted_moves using (record_key, from_customer_id, to_customer_id)
        """
    ).fetchone()
    return rows[0]
