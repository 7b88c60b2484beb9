with

members as (
    select * from {{ ref('stg_membership__members') }}
),

identified as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

aggregated as (
    select
        identified.customer_id,
        cast(count(*) as integer) as card_count,
        min(members.joined_on) as joined_on,
        -- A member until the last card ends.
        case when count(*) = count(members.cancelled_on) then max(members.cancelled_on) end as cancelled_on
    from members
    inner join identified on members.member_id = identified.member_id
    group by identified.customer_id
)

select * from aggregated
