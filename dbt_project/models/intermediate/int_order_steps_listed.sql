with

steps as (
    select * from {{ ref('order_steps') }}
),

carried as (
    select
        orders.*,
        deliveries.order_id is not null as is_carried,
        orders.status in ('delivered', 'returned') as is_said_delivered
    from {{ ref('orders') }} as orders
    left join {{ ref('int_deliveries_listed') }} as deliveries on orders.order_id = deliveries.order_id
),

-- what the order's status says must have happened, and what somebody still waits for
expected as (
    select
        carried.*,
        steps.step,
        steps.step_rank,
        steps.is_deadline,
        steps.comes_after,
        coalesce(
            case when carried.distributor_id is not null then steps.responsible_if_distributed end,
            case when not carried.is_carried then steps.responsible_if_collected end,
            steps.responsible
        ) as responsible,
        case steps.step
            when 'ordered' then carried.ordered_at
            when 'promised' then carried.promised_delivery_at
            when 'paid' then carried.paid_at
            when 'shipped' then carried.shipped_at
            when 'delivered' then carried.delivered_at
            when 'cancelled' then carried.cancelled_at
        end as occurred_at,
        case steps.step
            when 'promised' then carried.is_carried
            when 'paid' then carried.is_sale
            when 'shipped'
                then
                    carried.is_carried
                    and (carried.delivered_at is not null or carried.is_said_delivered or carried.status = 'shipped')
            when 'delivered' then carried.is_said_delivered
            when 'cancelled' then carried.status = 'cancelled'
            else true
        end as must_have_happened,
        case
            when steps.step = 'paid' then carried.status in ('created', 'unpaid')
            when steps.step in ('shipped', 'delivered') then carried.is_carried and carried.is_sale
            else false
        end as is_owed
    from carried
    inner join steps on {{ is_in_force('cast(carried.ordered_at as date)', 'steps') }}
),

-- of the steps that are owed and have not happened, somebody waits for the first
listed as (
    select
        order_id,
        customer_id,
        step,
        step_rank,
        is_deadline,
        comes_after,
        occurred_at,
        responsible,
        case responsible when 'distributor' then distributor_id when 'carrier' then carrier_id end as responsible_id,
        occurred_at is null and must_have_happened as is_missing,
        coalesce(occurred_at is null and not must_have_happened and step_rank = min(
            case when is_owed and occurred_at is null and not must_have_happened then step_rank end
        ) over (partition by order_id), false) as is_awaited
    from expected
),

known as (
    select * from listed where occurred_at is not null or is_missing or is_awaited
)

select * from known
