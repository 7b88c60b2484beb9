-- A method of purchase_forecast_accuracy is held against other purchases than those that customers known before made in
-- the days held back: lost or doubled in a join (int_purchase_forecasts_compared), or a method is missing.
with

period as (
    select * from {{ ref('int_forecast_periods_set') }}
    where forecast = 'back-test'
),

purchase_days as (
    select * from {{ ref('int_purchase_days_listed') }}
),

known as (
    select purchase_days.customer_id
    from purchase_days
    cross join period
    where purchase_days.purchased_on <= period.learns_through
    group by purchase_days.customer_id
),

kinds as (
    select
        purchase_days.customer_kind,
        count(distinct purchase_days.customer_id) as customers,
        count(*) filter (where purchase_days.purchased_on > period.learns_through) as orders,
        coalesce(sum(purchase_days.net_sales) filter (where purchase_days.purchased_on > period.learns_through), 0)
            as net_sales
    from purchase_days
    inner join known on purchase_days.customer_id = known.customer_id
    cross join period
    group by purchase_days.customer_kind
),

wanted as (
    select
        kinds.customer_kind,
        measures.measure,
        methods.method,
        kinds.customers,
        case when measures.measure = 'orders' then kinds.orders else kinds.net_sales end as actual
    from kinds
    cross join (values ('orders'), ('net sales')) as measures (measure)
    cross join (values ('model'), ('last period repeated'), ('same for all')) as methods (method)
)

select
    wanted.*,
    accuracy.customer_count,
    accuracy.actual as actual_there
from wanted
full outer join {{ ref('purchase_forecast_accuracy') }} as accuracy
    on wanted.customer_kind = accuracy.customer_kind
    and wanted.measure = accuracy.measure
    and wanted.method = accuracy.method
where
    wanted.customer_kind is null
    or accuracy.customer_kind is null
    or wanted.customers <> accuracy.customer_count
    or wanted.actual <> accuracy.actual
