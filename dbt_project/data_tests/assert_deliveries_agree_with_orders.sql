-- A row here is an order that is late in one mart and not in the other, or by another number of days. What the
-- shop calls delivered without saying when is left out: `deliveries` claims nothing about it. Likely cause: the
-- rule of lateness was changed in one place only.
select
    deliveries.order_id,
    deliveries.outcome,
    orders.is_late,
    deliveries.days_late,
    orders.days_late as order_days_late
from {{ ref('deliveries') }} as deliveries
inner join {{ ref('orders') }} as orders on deliveries.order_id = orders.order_id
where
    deliveries.outcome in ('on_time', 'late', 'undelivered_late', 'pending')
    and (
        coalesce(orders.is_late, false) <> (deliveries.outcome in ('late', 'undelivered_late'))
        or coalesce(orders.days_late, 0) <> coalesce(deliveries.days_late, 0)
    )
