with

partner_orders as (
    select * from {{ ref('int_partner_orders_judged') }} where is_sale
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

cases as (
    select partner_id, role, month, 'on_time' as measure, on_time as is_so from partner_orders
    where on_time is not null
    union all
    select
        partner_id, role, month, 'traced_return' as measure,
        case when traced_return_count > 0 then 1 else 0 end as is_so
    from partner_orders
    union all
    select
        partner_id, role, month, 'traced_complaint' as measure,
        case when traced_complaint_count > 0 then 1 else 0 end as is_so
    from partner_orders
),

monthly as (
    select
        partner_id,
        role,
        measure,
        month,
        cast(count(*) as integer) as case_count,
        cast(sum(is_so) as integer) as so_count
    from cases
    group by partner_id, role, measure, month
),

-- the months before it together: one of them alone would be mostly chance
compared as (
    select
        monthly.partner_id,
        monthly.role,
        monthly.measure,
        monthly.month,
        monthly.case_count,
        monthly.so_count,
        cast(coalesce(sum(earlier.case_count), 0) as integer) as case_count_before,
        cast(coalesce(sum(earlier.so_count), 0) as integer) as so_count_before
    from monthly
    cross join rules
    left join monthly as earlier
        on
        monthly.partner_id = earlier.partner_id
        and monthly.role = earlier.role
        and monthly.measure = earlier.measure
        and earlier.month < monthly.month
        and earlier.month >= {{ dbt.dateadd('month', '-rules.months_before', 'monthly.month') }}
    group by all
),

rated as (
    select
        compared.*,
        {{ rate_with_bounds('so_count', 'case_count', 'rate') }},
        {{ rate_with_bounds('so_count_before', 'case_count_before', 'rate_before') }},
        case_count >= rules.trend_cases_from and case_count_before >= rules.trend_cases_from as is_enough
    from compared
    cross join rules
),

judged as (
    select
        rated.*,
        case when is_enough then {{ trend_against('rate', 'rate_before', "measure = 'on_time'") }} end as trend
    from rated
)

select * from judged
