"""What agents promised, or put off, in their own words: every comment is read once, and again when a rule changes."""

from customer360.promises.comments import digest_of, read_comments
from customer360.promises.timetable import calendar_of_models


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="delete+insert", unique_key="event_id")
    # The seeds and not the days made of them, of which there are more every day.
    timetable_digest = digest_of(
        session,
        f"({dbt.ref('business_schedules').sql_query()})",
        f"({dbt.ref('business_hours').sql_query()})",
        f"({dbt.ref('business_days').sql_query()})",
        f"({dbt.ref('time_zone_offsets').sql_query()})",
    )
    return read_comments(
        session,
        comments=f"({dbt.ref('int_comments_of_staff_listed').sql_query()})",
        calendar=calendar_of_models(
            session,
            days=f"({dbt.ref('int_business_days_dated').sql_query()})",
            hours=f"({dbt.ref('int_business_hours_dated').sql_query()})",
        ),
        timetable_digest=timetable_digest,
        previous=str(dbt.this) if dbt.is_incremental else None,
    )
