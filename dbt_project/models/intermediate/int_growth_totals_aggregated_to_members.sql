{{ config(materialized='table') }}

with

-- A return expires with what it takes back, so a plain sum of what counts is the growth value.
entries as (
    select * from {{ ref('int_growth_entries') }}
    where known_until is null and {{ counts_on(as_of_date()) }}
),

by_expiry as (
    select
        customer_id,
        expires_on,
        sum(growth_value) as growth_value
    from entries
    group by customer_id, expires_on
),

totals as (
    select
        customer_id,
        cast(sum(growth_value) as decimal(18, 2)) as growth_value,
        min(case when growth_value <> 0 then expires_on end) as next_expiry_on,
        cast(min_by(growth_value, expires_on) filter (growth_value <> 0) as decimal(18, 2)) as next_expiry_growth
    from by_expiry
    group by customer_id
)

select * from totals
