with

customers as (
    select
        customer_id,
        account_type,
        case when account_type = 'organisation' then 'organisation' else 'individual' end as judged_as
    from {{ ref('int_customer_profiles_completed') }}
),

standpoints as (
    select * from {{ ref('int_value_standpoints') }}
),

days as (
    select * from {{ ref('int_customer_sales_by_day') }}
),

placed as (
    select
        customers.customer_id,
        customers.account_type,
        customers.judged_as,
        standpoints.standpoint,
        days.ordered_on,
        days.order_count,
        days.net_sales,
        days.ordered_on >= standpoints.period_from as is_in_period,
        days.ordered_on >= standpoints.recent_from as is_recent
    from customers
    inner join standpoints on customers.judged_as = standpoints.account_type
    left join days
        on customers.customer_id = days.customer_id
        and days.ordered_on <= standpoints.judged_on
),

totalled as (
    select
        customer_id,
        account_type,
        judged_as,
        standpoint,
        cast(coalesce(sum(case when is_in_period then net_sales end), 0) as decimal(18, 4)) as net_sales,
        cast(coalesce(sum(case when is_recent then net_sales end), 0) as decimal(18, 4)) as recent_net_sales,
        cast(coalesce(sum(case when is_in_period and not is_recent then net_sales end), 0) as decimal(18, 4))
            as earlier_net_sales,
        cast(coalesce(sum(case when is_in_period then order_count end), 0) as bigint) as order_count,
        min(ordered_on) as first_ordered_on,
        max(ordered_on) as last_ordered_on
    from placed
    group by customer_id, account_type, judged_as, standpoint
),

-- nobody is judged before their first order, except today
judged as (
    select * from totalled
    where standpoint = 'now' or first_ordered_on is not null
)

select * from judged
