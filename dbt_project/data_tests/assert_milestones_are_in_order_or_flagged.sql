-- A row here is an order whose times contradict each other without any of its milestones saying so, or that is flagged
-- without a contradiction. Likely cause: a step of seed order_steps lost what it comes after.
with

contradicted as (
    select
        order_id,
        coalesce(paid_at < ordered_at, false)
        or coalesce(shipped_at < ordered_at, false)
        or coalesce(delivered_at < shipped_at, false)
        or coalesce(delivered_at < ordered_at, false)
        or coalesce(cancelled_at < ordered_at, false)
        or coalesce(cast(promised_delivery_at as date) < cast(ordered_at as date), false) as is_contradicted
    from {{ ref('orders') }}
),

flagged as (
    select
        order_id,
        max(case when is_out_of_order then 1 else 0 end) = 1 as is_flagged
    from {{ ref('order_milestones') }}
    group by order_id
)

select
    contradicted.order_id,
    contradicted.is_contradicted,
    flagged.is_flagged
from contradicted
left join flagged on contradicted.order_id = flagged.order_id
where flagged.order_id is null or contradicted.is_contradicted <> flagged.is_flagged
