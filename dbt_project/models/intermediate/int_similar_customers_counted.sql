{{ config(materialized='table') }}

with

standings as (
    select * from {{ ref('int_customer_standings_by_stretch') }} where not has_just_complained
),

-- a customer enters the group on the first day of a stretch, and is gone on the first day after it
steps as (
    select account_type, value_tier, recency_band, from_on as day_on, 1 as customers, buys_within_90_days
    from standings
    union all
    select account_type, value_tier, recency_band, to_on as day_on, -1 as customers, buys_within_90_days
    from standings
    where to_on is not null
),

by_day as (
    select
        account_type,
        value_tier,
        recency_band,
        day_on,
        sum(customers) as customers,
        sum(case when buys_within_90_days then customers else 0 end) as buyers
    from steps
    group by account_type, value_tier, recency_band, day_on
),

counted as (
    select
        account_type,
        value_tier,
        recency_band,
        day_on as from_on,
        lead(day_on) over in_order as to_on,
        cast(sum(customers) over in_order as integer) as customer_count,
        cast(sum(buyers) over in_order as integer) as buyer_count
    from by_day
    window in_order as (partition by account_type, value_tier, recency_band order by day_on)
)

select * from counted
