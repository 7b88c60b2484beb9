with

compared as (
    select * from {{ ref('int_purchase_forecasts_compared') }}
),

by_measure as (
    select
        customer_kind,
        method,
        status,
        'orders' as measure,
        expected_orders as expected,
        actual_orders as actual
    from compared
    union all
    select
        customer_kind,
        method,
        status,
        'net sales' as measure,
        expected_net_sales as expected,
        actual_net_sales as actual
    from compared
),

-- customers of whom as much was expected, the most first: none of them comes before another
equals as (
    select
        customer_kind, method, measure, expected,
        max(case when expected is null then status end) as left_out_reason,
        count(*) as customer_count,
        sum(expected) as total_expected,
        sum(actual) as actual,
        sum(abs(expected - actual)) as error,
        sum(power(cast(expected - actual as double), 2)) as squared_error,
        coalesce(sum(count(*)) over (
            partition by customer_kind, method, measure
            order by expected desc nulls last rows between unbounded preceding and 1 preceding
        ), 0) as customers_before,
        sum(count(*)) over (partition by customer_kind, method, measure) / 10.0 as tenth
    from by_measure
    group by customer_kind, method, measure, expected
),

placed as (
    select
        *,
        cast(actual as double) / customer_count
        * greatest(0, least(customer_count, cast(tenth - customers_before as double))) as actual_of_best
    from equals
),

measured as (
    select
        customer_kind,
        measure,
        method,
        cast(sum(customer_count) as bigint) as customer_count,
        cast(sum(total_expected) as decimal(18, 4)) as expected,
        cast(sum(actual) as decimal(18, 4)) as actual,
        round(cast(sum(error) as double) / sum(customer_count), 4) as mean_absolute_error,
        round(sqrt(sum(squared_error) / sum(customer_count)), 4) as root_mean_squared_error,
        round(
            sum(case when expected is not null then actual_of_best end) / nullif(cast(sum(actual) as double), 0), 4
        ) as best_tenth_share,
        max(left_out_reason) as left_out_reason
    from placed
    group by customer_kind, measure, method
)

select * from measured
