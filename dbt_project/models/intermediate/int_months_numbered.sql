-- From the first order to the as-of day. A month that is not over is judged as of that day.
with

orders as (
    select cast({{ dbt.date_trunc('month', 'min(ordered_on)') }} as date) as first_month_on
    from {{ ref('int_customer_sales_by_day') }}
),

numbers as (
    {{ dbt.generate_series(1200) | indent(4) }}
),

months as (
    select
        cast({{ dbt.dateadd('month', 'numbers.generated_number - 1', 'orders.first_month_on') }} as date) as month_on
    from orders
    cross join numbers
),

judged as (
    select
        month_on,
        least(cast({{ dbt.last_day('month_on', 'month') }} as date), {{ as_of_date() }}) as judged_on
    from months
    where month_on <= {{ as_of_date() }}
)

select * from judged
