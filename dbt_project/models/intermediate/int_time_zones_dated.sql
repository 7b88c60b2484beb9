with

offsets as (
    select
        *,
        lag(utc_offset_minutes) over (partition by time_zone order by valid_from_utc) as previous_minutes,
        lead(utc_offset_minutes) over (partition by time_zone order by valid_from_utc) as next_minutes
    from {{ ref('time_zone_offsets') }}
),

-- A local hour that comes twice is its first coming; one that is skipped goes by the clocks before the change. So of
-- the two offsets around a change the greater says from when on, in local time, the new one holds.
dated as (
    select
        time_zone,
        utc_offset_minutes,
        valid_from_utc,
        valid_to_utc,
        {{ dbt.dateadd(
            'minute', 'greatest(utc_offset_minutes, coalesce(previous_minutes, utc_offset_minutes))', 'valid_from_utc'
        ) }} as local_from,
        {{ dbt.dateadd(
            'minute', 'greatest(utc_offset_minutes, coalesce(next_minutes, utc_offset_minutes))', 'valid_to_utc'
        ) }} as local_to
    from offsets
)

select * from dated
