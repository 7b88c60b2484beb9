with

shop as (
    select * from {{ ref('int_shop_events_described') }}
),

helpdesk as (
    select * from {{ ref('int_helpdesk_events_described') }}
),

membership as (
    select * from {{ ref('int_membership_events_described') }}
),

events as (
    select * from shop
    union all
    select * from helpdesk
    union all
    select * from membership
),

-- what a source has planned for later (a membership's last day) has not happened yet
happened as (
    select
        customer_id,
        occurred_at,
        event_type,
        source_system,
        source_table,
        source_record_id,
        summary
    from events
    where occurred_at < {{ as_of_end() }}
)

select * from happened
