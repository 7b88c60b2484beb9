with

months as (
    select * from {{ ref('int_partner_months_totalled') }}
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

rates as (
    select
        partner_id,
        role,
        month,
        {{ partner_rate_columns('on_time', 'on_time_rate', 'due_delivery_count') | indent(8) }},
        {{ partner_rate_columns('traced_return', 'traced_return_rate') | indent(8) }},
        {{ partner_rate_columns('traced_complaint', 'traced_complaint_rate') | indent(8) }}
    from {{ ref('int_partner_rates_compared') }}
    group by partner_id, role, month
),

partners as (
    select * from {{ ref('stg_shop__partners') }}
),

earlier as (
    select * from {{ ref('int_partner_sales_before') }}
),

joined as (
    select
        months.partner_id,
        months.role,
        months.month,
        months.order_count,
        months.customer_count,
        months.shared_customer_count,
        months.net_sales,
        months.margin,
        months.margin_rate,
        months.ordered_quantity,
        months.filled_quantity,
        months.fill_rate,
        months.return_rate,
        months.complaint_rate,
        months.traced_return_count,
        months.traced_complaint_count,
        {{ partner_type('partners', 'months') }} as partner_type,
        {{ partner_problem('partners', 'months') }} as problem,
        {{ dbt.dateadd('month', 1, 'months.month') }} <= {{ as_of_end() }} as is_complete,
        coalesce(rates.due_delivery_count, 0) as due_delivery_count,
        {{ partner_rate_names('on_time_rate') }},
        {{ partner_rate_names('traced_return_rate') }},
        {{ partner_rate_names('traced_complaint_rate') }},
        earlier.net_sales_before,
        case
            when
                earlier.is_enough and earlier.net_sales_before > 0 and months.order_count >= rules.trend_cases_from
                and {{ dbt.dateadd('month', 1, 'months.month') }} <= {{ as_of_end() }}
                then cast(months.net_sales / earlier.net_sales_before - 1 as decimal(18, 4))
        end as net_sales_change
    from months
    cross join rules
    left join partners on months.partner_id = partners.partner_id
    left join rates
        on months.partner_id = rates.partner_id and months.role = rates.role and months.month = rates.month
    left join earlier
        on months.partner_id = earlier.partner_id and months.role = earlier.role and months.month = earlier.month
)

select * from joined
