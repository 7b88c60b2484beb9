with

turning as (
    select * from {{ ref('int_customer_turning_days_listed') }}
),

customers as (
    select customer_id, judged_as from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now'
),

periods as (
    select distinct account_type, period_days from {{ ref('value_tier_thresholds') }}
),

judged as (
    select
        turning.*,
        customers.judged_as,
        periods.period_days,
        {{ days_later('turning.ordered_on', 'periods.period_days') }} as leaves_on
    from turning
    inner join customers on turning.customer_id = customers.customer_id
    inner join periods on customers.judged_as = periods.account_type
),

-- what is bought counts until the period has gone by, and so does what is taken from it
moved as (
    select customer_id, judged_as, period_days, turns_on, amount, placed_on, bought_on, complaints
    from judged
    where leaves_on is null or turns_on < leaves_on
    union all
    select
        customer_id,
        judged_as,
        period_days,
        leaves_on as turns_on,
        -amount as amount,
        cast(null as date) as placed_on,
        cast(null as date) as bought_on,
        0 as complaints
    from judged
    where turns_on < leaves_on
),

by_day as (
    select
        customer_id,
        judged_as,
        period_days,
        turns_on,
        sum(amount) as amount,
        max(placed_on) as placed_on,
        min(bought_on) as bought_on,
        sum(complaints) as complaints
    from moved
    where turns_on <= {{ as_of_date() }}
    group by customer_id, judged_as, period_days, turns_on
),

stretches as (
    select
        customer_id,
        judged_as as account_type,
        period_days,
        turns_on as from_on,
        lead(turns_on) over (partition by customer_id, period_days order by turns_on) as to_on,
        sum(amount) over until_now as net_sales,
        max(placed_on) over until_now as last_placed_on,
        sum(complaints) over until_now > 0 as has_just_complained,
        min(bought_on) over (
            partition by customer_id, period_days order by turns_on rows between 1 following and unbounded following
        ) as next_bought_on
    from by_day
    window until_now as (
        partition by customer_id, period_days order by turns_on rows between unbounded preceding and current row
    )
)

select * from stretches
