"""E-mails and phones that are nobody's own: listed ones, and those that too many people use."""

from __future__ import annotations

import duckdb

from customer360.identity.features import people_counted

MOST_PEOPLE = 4  # a family may share a phone; more people than this is an office, a shop's counter or a placeholder


def find_shared_values(connection: duckdb.DuckDBPyConnection, *, records: str, listed: str | None = None) -> None:
    """Make the temp table `excluded`: identifier_type (email, phone), identifier, reason, record_count, people_count.

    An e-mail is counted by its mailbox. records, listed: as in `resolver.resolve`.
    """
    connection.execute(
        f"""
        create or replace temp table excluded as
        with
        listed as (
            select identifier_type, identifier, reason
            from {listed or "(select '' as identifier_type, '' as identifier, '' as reason where false)"}
        ),
        uses as (
            select 'email' as identifier_type, coalesce(email_mailbox, email_normalised) as identifier, name_key
            from {records}
            union all
            select 'phone', phone_normalised, name_key from {records}
        ),
        counted as (
            select identifier_type, identifier, count(*) as record_count, {people_counted()} as people_count
            from uses
            where identifier is not null
            group by identifier_type, identifier
        )
        select
            counted.identifier_type,
            counted.identifier,
            case
                when listed.reason is not null then concat('listed: ', listed.reason)
                else concat('used by about ', people_count, ' people')
            end as reason,
            counted.record_count,
            counted.people_count
        from counted
        left join listed using (identifier_type, identifier)
        where listed.identifier is not null or counted.people_count > {MOST_PEOPLE}
        """
    )
