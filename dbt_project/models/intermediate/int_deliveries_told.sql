with

deliveries as (
    select
        expected.order_id,
        expected.at_risk_on,
        orders.delivered_at
    from {{ ref('int_deliveries_expected') }} as expected
    inner join {{ ref('orders') }} as orders on expected.order_id = orders.order_id
    where expected.at_risk_on is not null
),

tickets as (
    select
        tickets.ticket_id,
        tickets.order_id,
        tickets.opened_at,
        coalesce(tickets.requester_id, '') as requester_id,
        coalesce(sources.submitter_id, tickets.requester_id) as opened_by
    from {{ ref('int_tickets_identified') }} as tickets
    inner join {{ ref('stg_helpdesk__tickets') }} as sources on tickets.ticket_id = sources.ticket_id
    where tickets.order_id is not null
),

comments as (
    select * from {{ ref('int_ticket_events_unnested') }} where kind = 'comment' and is_public
),

staff as (
    select agent_id from {{ ref('int_service_staff_listed') }}
),

written as (
    select order_id, requester_id, opened_by as author_id, opened_at as occurred_at from tickets
    union all
    select tickets.order_id, tickets.requester_id, comments.author_id, comments.occurred_at
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
),

-- the helpdesk itself (-1, or nobody) is neither side
sided as (
    select
        written.order_id,
        written.occurred_at,
        staff.agent_id is not null and written.author_id <> written.requester_id as is_by_staff
    from written
    left join staff on written.author_id = staff.agent_id
    where written.author_id <> '-1'
),

-- what is said once the parcel is there tells nobody of a delay
told as (
    select
        deliveries.order_id,
        min(case
            when
                sided.is_by_staff
                and sided.occurred_at >= cast(deliveries.at_risk_on as timestamp)
                and (deliveries.delivered_at is null or sided.occurred_at < deliveries.delivered_at)
                then sided.occurred_at
        end) as told_at,
        min(case when not sided.is_by_staff then sided.occurred_at end) as asked_at
    from deliveries
    inner join sided on deliveries.order_id = sided.order_id
    group by deliveries.order_id
),

worded as (
    select
        deliveries.order_id,
        told.told_at,
        told.asked_at,
        case
            when told.told_at < told.asked_at or (told.asked_at is null and told.told_at is not null) then 'told first'
            when told.told_at is not null then 'asked first'
            when told.asked_at is not null then 'asked, not told'
            else 'not told'
        end as notice
    from deliveries
    left join told on deliveries.order_id = told.order_id
)

select * from worded
