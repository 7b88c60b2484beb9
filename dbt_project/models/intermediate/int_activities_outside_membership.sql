with

activities as (
    select * from {{ ref('stg_membership__activities') }} where activity_type not in ('purchase', 'redeem')
),

identified as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

members as (
    select * from {{ ref('int_members_aggregated_to_customers') }}
),

outside as (
    select
        activities.activity_id,
        members.customer_id,
        activities.activity_type
    from activities
    inner join identified on activities.member_id = identified.member_id
    inner join members on identified.customer_id = members.customer_id
    where
        cast(activities.occurred_at as date) < members.joined_on
        or cast(activities.occurred_at as date) >= members.cancelled_on
)

select * from outside
