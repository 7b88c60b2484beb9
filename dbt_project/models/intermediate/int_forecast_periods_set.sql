with

purchase_days as (
    select * from {{ ref('int_purchase_days_listed') }}
),

history as (
    select {{ days_between('min(purchased_on)', as_of_date()) }} + 1 as history_days
    from purchase_days
),

next_year as (
    select
        'next year' as forecast,
        {{ as_of_date() }} as learns_through,
        365 as forecast_days
),

held_back as (
    select case when history_days >= 2 * 365 then 365 else cast(floor(history_days / 2) as integer) end as forecast_days
    from history
),

back_test as (
    select
        'back-test' as forecast,
        cast({{ dbt.dateadd('day', '-forecast_days', as_of_date()) }} as date) as learns_through,
        forecast_days
    from held_back
    where forecast_days > 0
),

periods as (
    select * from next_year
    union all
    select * from back_test
)

select * from periods
