with

customers as (
    select * from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now' and not is_lowest
),

falls as (
    select * from {{ ref('int_value_falls_foreseen') }}
),

gaps as (
    select * from {{ ref('int_customer_gaps_measured') }}
),

rules as (
    select * from {{ ref('int_value_rules_in_force') }}
),

measured as (
    select
        customers.customer_id,
        customers.net_sales_from,
        customers.recent_net_sales,
        customers.earlier_net_sales,
        falls.falls_on,
        falls.falls_to,
        falls.falls_to_en,
        falls.falls_to_zh,
        {{ days_between('customers.last_ordered_on', as_of_date()) }} as silent_days,
        case when gaps.order_day_count >= rules.silent_order_days_from then gaps.usual_gap_days end as usual_gap_days
    from customers
    left join falls on customers.customer_id = falls.customer_id
    left join gaps on customers.customer_id = gaps.customer_id
    cross join rules
),

found as (
    select
        measured.*,
        coalesce(
            measured.recent_net_sales < rules.falling_below * measured.earlier_net_sales
            and 2 * measured.recent_net_sales < measured.net_sales_from,
            false
        ) as is_falling,
        coalesce(
            measured.silent_days >= rules.silent_days_from
            and measured.silent_days > rules.silent_gaps_over * measured.usual_gap_days,
            false
        ) as is_silent,
        coalesce({{ days_between(as_of_date(), 'measured.falls_on') }} <= rules.leaving_days, false) as is_leaving
    from measured
    cross join rules
)

select * from found
