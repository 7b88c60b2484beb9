with

customers as (
    select * from {{ ref('int_source_records_aggregated_to_customers') }}
),

profiles as (
    select * from {{ ref('int_customer_profiles_completed') }}
),

orders as (
    select * from {{ ref('int_orders_aggregated_to_customers') }}
),

tickets as (
    select * from {{ ref('int_tickets_aggregated_to_customers') }}
),

troubles as (
    select * from {{ ref('int_troubles_aggregated_to_customers') }}
),

members as (
    select * from {{ ref('member_tiers') }}
),

value_tiers as (
    select * from {{ ref('customer_value_tiers') }}
),

lifecycles as (
    select * from {{ ref('int_customer_lifecycles_staged') }}
),

consents as (
    select * from {{ ref('int_customer_consents') }}
),

owners as (
    select
        customer_id,
        sum(case when is_current and owner_type in ('salesperson', 'agent') then 1 else 0 end) as owner_count,
        max(case when is_conflict then 1 else 0 end) = 1 as has_owner_conflict
    from {{ ref('customer_owners') }}
    group by customer_id
),

joined as (
    select
        customers.customer_id,

        profiles.account_type,
        customers.source_systems,
        cast(customers.identity_count as bigint) as identity_count,
        profiles.profile_completeness,
        profiles.missing_fields,
        orders.preferred_channel,
        lifecycles.lifecycle_stage,
        value_tiers.value_tier,
        members.level as member_level,
        members.growth_value,

        cast(coalesce(orders.order_count, 0) as bigint) as order_count,
        cast(coalesce(orders.placed_order_count - orders.order_count, 0) as bigint) as unsold_order_count,
        cast(coalesce(orders.late_order_count, 0) as bigint) as late_order_count,
        cast(coalesce(orders.gross_sales, 0) as decimal(18, 4)) as gross_sales,
        cast(coalesce(orders.discount, 0) as decimal(18, 4)) as discount,
        cast(coalesce(orders.refunds, 0) as decimal(18, 4)) as refunds,
        cast(coalesce(orders.net_sales, 0) as decimal(18, 4)) as net_sales,
        cast(orders.margin as decimal(18, 4)) as margin,
        round(cast(orders.returned_quantity as double) / nullif(cast(orders.quantity as double), 0), 6) as return_rate,

        cast(coalesce(tickets.ticket_count, 0) as bigint) as ticket_count,
        cast(coalesce(tickets.open_ticket_count, 0) as bigint) as open_ticket_count,
        cast(coalesce(tickets.broken_promise_count, 0) as bigint) as broken_promise_count,
        cast(coalesce(tickets.vague_answer_count, 0) as bigint) as vague_answer_count,
        cast(coalesce(tickets.repeat_count, 0) as bigint) as repeat_count,
        cast(tickets.csat_score as double) as csat_score,
        cast(coalesce(troubles.complaint_count, 0) as bigint) as complaint_count,
        troubles.last_complaint_at,
        cast(coalesce(troubles.endangered_delivery_count, 0) as bigint) as endangered_delivery_count,
        cast(coalesce(troubles.overdue_refund_count, 0) as bigint) as overdue_refund_count,

        cast(coalesce(owners.owner_count, 0) as bigint) as owner_count,
        coalesce(owners.has_owner_conflict, false) as has_owner_conflict,
        consents.consent_profiling as agrees_to_profiling,

        customers.first_seen_at,
        orders.first_order_at,
        orders.last_order_at,
        {{ as_of_date() }} as as_of_date
    from customers
    left join profiles on customers.customer_id = profiles.customer_id
    left join orders on customers.customer_id = orders.customer_id
    left join tickets on customers.customer_id = tickets.customer_id
    left join troubles on customers.customer_id = troubles.customer_id
    left join members on customers.customer_id = members.customer_id
    left join value_tiers on customers.customer_id = value_tiers.customer_id
    left join lifecycles on customers.customer_id = lifecycles.customer_id
    left join owners on customers.customer_id = owners.customer_id
    left join consents on customers.customer_id = consents.customer_id
)

select * from joined
