-- A forecast has neither figures nor the reason why it has none, or has both: purchase_forecast_accuracy would keep
-- silent about a kind of customer. Probably a status of customer360.forecast.expected that the models do not know.
select customer_kind, measure, method, left_out_reason
from {{ ref('purchase_forecast_accuracy') }}
where
    (mean_absolute_error is null) = (left_out_reason is null)
    or (expected is null) <> (mean_absolute_error is null)
    or (method = 'model' and (is_better_than_naive is null) <> (mean_absolute_error is null))
