with

days as (
    select customer_id, ordered_on from {{ ref('int_customer_sales_by_day') }}
),

gaps as (
    select
        customer_id,
        ordered_on,
        {{ days_between(
            'lag(ordered_on) over (partition by customer_id order by ordered_on)', 'ordered_on'
        ) }} as gap_days
    from days
),

measured as (
    select
        customer_id,
        count(*) as order_day_count,
        cast(median(gap_days) as double) as usual_gap_days
    from gaps
    group by customer_id
)

select * from measured
