"""Give every source record its customer, keeping the ids of earlier runs.

A customer id is made once, from the record that founded the customer, and then only remembered: neither a stronger
identifier nor a new record nor a merge changes it. Between two runs
  - each old id goes to the group that holds most of its records (of equals, the one with the earliest record),
  - a group that inherits several ids keeps the oldest (of equals, the one of the earliest record); others are retired,
  - a group split off from a customer gets back the id that a merge took from it,
  - a group that inherits none gets a new id.
Nothing here reads the clock: a belief starts when the data that led to it was loaded, or a person decided it, and not
before the publication that showed another one. So an id that was published resolves for ever.
"""

from __future__ import annotations

import duckdb

from customer360.identity.closure import group_records

COLUMNS = """
    record_key varchar, source_system varchar, source_table varchar, source_record_id varchar, customer_id varchar,
    match_rule varchar, match_probability double, valid_from timestamp, valid_to timestamp
"""


def changed_assignments(
    connection: duckdb.DuckDBPyConnection,
    *,
    records: str,
    links: str,
    decisions: str,
    previous: str | None,
    published: str | None = None,
) -> duckdb.DuckDBPyRelation:
    """The rows of the assignment history (COLUMNS) that are new or changed, keyed by (record_key, valid_from).

    The others are table expressions in SQL. Records: record_key, source_system, source_table, source_record_id,
    first_seen_at, _loaded_at. Links: record_key_a, record_key_b, match_rule, rule_rank, match_probability; linked
    records are one customer. Decisions: decided_at. Previous: the history so far. Published: published_at, of what
    readers see.
    """
    connection.execute(f"create or replace temp table history ({COLUMNS})")
    if previous:
        connection.execute(f"insert into history by name select * from {previous}")
    _number_records(connection, records)
    group_records(connection, nodes="nodes", links=links, table="grouped")
    _describe_links(connection, links)
    _return_ids(connection)
    _inherit_ids(connection)
    _found_ids(connection)
    (known_at,) = connection.execute(
        f"""
        select greatest(
            max(_loaded_at),
            (select max(decided_at) from {decisions}),
            (select max(valid_from) from history),
            (select max(published_at) from {published or "(select null::timestamp as published_at)"})
        )
        from {records}
        """
    ).fetchone()
    return _changes(connection, known_at)


def _number_records(connection: duckdb.DuckDBPyConnection, records: str) -> None:
    connection.execute(
        f"""
        create or replace temp table nodes as
        select
            cast(row_number() over (order by record_key) - 1 as bigint) as node,
            record_key, source_system, source_table, source_record_id, first_seen_at
        from {records}
        """
    )


def _describe_links(connection: duckdb.DuckDBPyConnection, links: str) -> None:
    """The strongest rule that joins each record to another one; none for a record that stands alone."""
    connection.execute(
        f"""
        create or replace temp table rules as
        select
            record_key,
            arg_min(match_rule, (rule_rank, -match_probability)) as match_rule,
            arg_min(match_probability, (rule_rank, -match_probability)) as match_probability
        from (
            select record_key_a as record_key, match_rule, rule_rank, match_probability from {links}
            union all
            select record_key_b as record_key, match_rule, rule_rank, match_probability from {links}
        )
        group by record_key
        """
    )


def _return_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """What a merge retired comes back when the merge is undone.

    A group split off from a customer gets the id that its records had before they came to that one, if nobody has it
    now and most of the records that had it are here; not a group with records that were the customer's before.
    """
    connection.execute(
        """
        create or replace temp table returned as
        with
        split as (
            select history.customer_id from history inner join grouped using (record_key)
            where history.valid_to is null
            group by history.customer_id having count(distinct group_id) > 1
        ),
        last_ids as (
            select record_key, customer_id, valid_to from history
            where valid_to is not null and customer_id not in (select customer_id from history where valid_to is null)
            qualify row_number() over (partition by record_key order by valid_from desc) = 1
        ),
        parts as (
            select grouped.group_id, min(history.valid_from) as member_since
            from history inner join grouped using (record_key)
            where history.valid_to is null and history.customer_id in (select customer_id from split)
            group by grouped.group_id
        ),
        claims as (
            select grouped.group_id, last_ids.customer_id, count(*) as claim_count
            from last_ids inner join grouped using (record_key)
            group by grouped.group_id, last_ids.customer_id
        ),
        holders as (
            select customer_id, count(*) as holder_count, max(valid_to) as retired_at from last_ids group by customer_id
        )
        select group_id, customer_id
        from claims
        inner join parts using (group_id)
        inner join holders using (customer_id)
        where 2 * claim_count > holder_count and member_since >= retired_at
        qualify row_number() over (partition by group_id order by claim_count desc, customer_id) = 1
        """
    )


def _inherit_ids(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create or replace temp table inherited as
        with
        claims as (
            select
                history.customer_id, grouped.group_id,
                count(*) as record_count, min(grouped.first_seen_at) as first_seen_at
            from history
            inner join grouped using (record_key)
            where history.valid_to is null and grouped.group_id not in (select group_id from returned)
            group by history.customer_id, grouped.group_id
        ),
        strongest_claims as (
            select * from claims
            qualify row_number() over (
                partition by customer_id order by record_count desc, first_seen_at, group_id
            ) = 1
        ),
        ages as (
            select customer_id, min(valid_from) as founded_at from history group by customer_id
        )
        select group_id, customer_id
        from strongest_claims
        inner join ages using (customer_id)
        qualify row_number() over (partition by group_id order by founded_at, first_seen_at, customer_id) = 1
        union all
        select group_id, customer_id from returned
        """
    )


def _found_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """New ids for the groups that inherited none: a hash of the founding record, salted if that id was ever used."""
    connection.execute(
        """
        create or replace temp table founded as
        select
            group_id,
            arg_min(record_key, (first_seen_at, record_key)) as founder,
            cast(null as varchar) as customer_id
        from grouped
        where group_id not in (select group_id from inherited)
        group by group_id
        """
    )
    attempt = 0
    while connection.execute("select count(*) from founded where customer_id is null").fetchone()[0]:
        salt = f"#{attempt}" if attempt else ""
        # Not called customer_id, as a column of founded is: qualify would take it for that one, which is null.
        connection.execute(
            """
            create or replace temp table proposals as
            select group_id, concat('C', upper(substr(md5(concat(founder, ?)), 1, 16))) as proposed_id
            from founded
            where customer_id is null
            qualify row_number() over (partition by proposed_id order by group_id) = 1
            """,
            [salt],
        )
        connection.execute(
            """
            update founded set customer_id = free.proposed_id
            from (
                select * from proposals
                where proposed_id not in (select customer_id from history)
                    and proposed_id not in (select customer_id from founded where customer_id is not null)
            ) as free
            where founded.group_id = free.group_id
            """
        )
        attempt += 1


def _changes(connection: duckdb.DuckDBPyConnection, known_at) -> duckdb.DuckDBPyRelation:
    """What to write: new beliefs, and old ones closed; one that did not outlast its own load is replaced instead."""
    connection.execute(
        """
        create or replace temp table believed as
        select
            grouped.record_key, grouped.source_system, grouped.source_table, grouped.source_record_id,
            coalesce(inherited.customer_id, founded.customer_id) as customer_id,
            coalesce(rules.match_rule, 'only_record') as match_rule,
            coalesce(rules.match_probability, 1.0) as match_probability
        from grouped
        left join inherited using (group_id)
        left join founded using (group_id)
        left join rules using (record_key)
        """
    )
    connection.execute(f"create or replace temp table changes ({COLUMNS})")
    connection.execute(
        """
        insert into changes
        with
        open_rows as (
            select * from history where valid_to is null
        ),
        compared as (
            select
                believed.*,
                open_rows.valid_from as open_from,
                open_rows.customer_id is distinct from believed.customer_id as has_moved,
                open_rows.match_rule is distinct from believed.match_rule
                    or open_rows.match_probability is distinct from believed.match_probability as has_other_rule
            from believed
            left join open_rows using (record_key)
        )
        select
            record_key, source_system, source_table, source_record_id, customer_id, match_rule, match_probability,
            case when has_moved then $known_at else open_from end as valid_from,
            cast(null as timestamp) as valid_to
        from compared
        where has_moved or has_other_rule

        union all

        select open_rows.* replace ($known_at as valid_to)
        from open_rows
        left join believed using (record_key)
        where open_rows.valid_from < $known_at and open_rows.customer_id is distinct from believed.customer_id
        """,
        {"known_at": known_at},
    )
    # a record that vanished in the load that brought it leaves an open row nobody would close
    connection.execute(
        """
        insert into changes
        select history.* replace ($known_at as valid_to) from history
        where valid_to is null and valid_from >= $known_at and record_key not in (select record_key from believed)
        """,
        {"known_at": known_at},
    )
    return connection.sql("select * from changes")
