with

months as (
    select * from {{ ref('int_months_numbered') }}
),

placed as (
    select
        'month' as period_kind,
        month_on as period_start,
        cast({{ dbt.last_day('month_on', 'month') }} as date) as period_end,
        month_on
    from months
    union all
    select
        'quarter' as period_kind,
        cast({{ dbt.date_trunc('quarter', 'month_on') }} as date) as period_start,
        cast({{ dbt.last_day('month_on', 'quarter') }} as date) as period_end,
        month_on
    from months
    union all
    select
        'year' as period_kind,
        cast({{ dbt.date_trunc('year', 'month_on') }} as date) as period_start,
        cast({{ dbt.last_day('month_on', 'year') }} as date) as period_end,
        month_on
    from months
),

judged as (
    select
        *,
        max(month_on) over (partition by period_kind, period_start) as judged_month_on
    from placed
)

select * from judged
