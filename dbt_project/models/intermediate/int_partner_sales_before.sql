with

months as (
    select * from {{ ref('int_partner_months_totalled') }}
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

first_months as (
    select partner_id, role, min(month) as first_month from months group by partner_id, role
),

-- a month without a sale is part of what came before, too, but not one before the partner began
before as (
    select
        months.partner_id,
        months.role,
        months.month,
        cast(sum(earlier.net_sales) / max(rules.months_before) as decimal(18, 4)) as net_sales_before,
        sum(earlier.order_count) >= max(rules.trend_cases_from) as is_enough
    from months
    cross join rules
    inner join first_months on months.partner_id = first_months.partner_id and months.role = first_months.role
    inner join months as earlier
        on
        months.partner_id = earlier.partner_id
        and months.role = earlier.role
        and earlier.month < months.month
        and earlier.month >= {{ dbt.dateadd('month', '-rules.months_before', 'months.month') }}
    where first_months.first_month <= {{ dbt.dateadd('month', '-rules.months_before', 'months.month') }}
    group by months.partner_id, months.role, months.month
)

select * from before
