with

customers as (
    select * from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now' and not is_lowest
),

tiers as (
    select * from {{ ref('int_value_tiers_in_force') }}
    where standpoint = 'now'
),

days as (
    select * from {{ ref('int_customer_sales_by_day') }}
),

-- a day's purchases leave the period period_days later; what was bought after it is still in
leaving as (
    select
        customers.customer_id,
        customers.judged_as,
        customers.net_sales_from,
        cast({{ dbt.dateadd('day', 'customers.period_days', 'days.ordered_on') }} as date) as leaves_on,
        customers.net_sales - sum(days.net_sales) over (
            partition by customers.customer_id order by days.ordered_on
            rows between unbounded preceding and current row
        ) as remaining_net_sales
    from customers
    inner join days
        on customers.customer_id = days.customer_id
        and days.ordered_on > cast({{ dbt.dateadd('day', '-customers.period_days', as_of_date()) }} as date)
),

first_below as (
    select
        customer_id,
        judged_as,
        min(leaves_on) as falls_on,
        min_by(remaining_net_sales, leaves_on) as remaining_net_sales
    from leaving
    where remaining_net_sales < net_sales_from
    group by customer_id, judged_as
),

foreseen as (
    select
        first_below.customer_id,
        first_below.falls_on,
        tiers.value_tier as falls_to,
        tiers.name_en as falls_to_en,
        tiers.name_zh as falls_to_zh
    from first_below
    inner join tiers
        on first_below.judged_as = tiers.account_type
        and (tiers.is_lowest or first_below.remaining_net_sales >= tiers.net_sales_from)
        and (tiers.next_net_sales_from is null or first_below.remaining_net_sales < tiers.next_net_sales_from)
)

select * from foreseen
