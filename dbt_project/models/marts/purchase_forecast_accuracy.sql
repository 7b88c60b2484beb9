with

measured as (
    select * from {{ ref('int_purchase_forecasts_measured') }}
),

period as (
    select * from {{ ref('int_forecast_periods_set') }}
    where forecast = 'back-test'
),

naive as (
    select
        customer_kind,
        measure,
        min(mean_absolute_error) as best_naive_error,
        min_by(method, (mean_absolute_error, method)) as best_naive_method
    from measured
    where method <> 'model'
    group by customer_kind, measure
),

judged as (
    select
        measured.*,
        period.learns_through,
        period.forecast_days,
        naive.best_naive_method,
        naive.best_naive_error,
        case when measured.method = 'model' then measured.mean_absolute_error < naive.best_naive_error end
            as is_better_than_naive,
        round(100.0 * (cast(measured.expected as double) / nullif(cast(measured.actual as double), 0) - 1), 2)
            as total_error_percent
    from measured
    cross join period
    inner join naive on measured.customer_kind = naive.customer_kind and measured.measure = naive.measure
),

told as (
    select
        customer_kind,
        measure,
        method,
        learns_through,
        forecast_days,
        customer_count,
        expected,
        actual,
        total_error_percent,
        mean_absolute_error,
        root_mean_squared_error,
        best_tenth_share,
        is_better_than_naive,
        left_out_reason,
        {{ forecast_in_english() }} as sentence_en,
        {{ forecast_in_chinese() }} as sentence_zh
    from judged
)

select * from told
