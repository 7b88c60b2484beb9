{{ config(materialized='table') }}

with

members as (
    select * from {{ ref('int_members_aggregated_to_customers') }} where joined_on <= {{ as_of_date() }}
),

-- What has not happened by the as-of day does not count, also when the day was set in the past.
ledger as (
    select * from {{ ref('growth_ledger') }}
    where counts_from <= {{ as_of_date() }} and (expires_on is null or counts_from < expires_on)
),

level_periods as (
    select distinct from_on from {{ ref('int_member_levels_by_period') }}
),

changes as (
    select
        customer_id,
        counts_from as changed_on,
        case when reverses_entry_id is null then growth_value else 0 end as earned,
        case when reverses_entry_id is not null then growth_value else 0 end as returned,
        0 as expired,
        known_at
    from ledger
    union all
    select customer_id, expires_on as changed_on, 0 as earned, 0 as returned, -growth_value as expired, known_at
    from ledger
    where expires_on is not null
    union all
    select customer_id, joined_on as changed_on, 0 as earned, 0 as returned, 0 as expired, null as known_at
    from members
    union all
    select
        members.customer_id,
        level_periods.from_on as changed_on,
        0 as earned,
        0 as returned,
        0 as expired,
        null as known_at
    from members
    inner join level_periods on members.joined_on < level_periods.from_on
),

by_day as (
    select
        customer_id,
        changed_on,
        cast(sum(earned) as decimal(18, 2)) as earned,
        cast(sum(returned) as decimal(18, 2)) as returned,
        cast(sum(expired) as decimal(18, 2)) as expired,
        max(known_at) as known_at
    from changes
    group by customer_id, changed_on
),

running as (
    select
        customer_id,
        changed_on,
        earned,
        returned,
        expired,
        cast(sum(earned + returned + expired) over so_far as decimal(18, 2)) as growth_value,
        max(known_at) over so_far as known_at
    from by_day
    window so_far as (partition by customer_id order by changed_on rows between unbounded preceding and current row)
)

select * from running
