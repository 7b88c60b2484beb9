with

rules as (
    select * from {{ ref('feedback_rules') }}
),

answers as (
    select * from {{ ref('satisfaction') }}
),

complaints as (
    select * from {{ ref('int_complaints_gathered') }}
),

reviews as (
    select * from {{ ref('stg_membership__activities') }} where activity_type = 'review'
),

members as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

listed as (
    select
        answer_id as feedback_id, 'opinion' as kind, customer_id, ticket_id, order_id, occurred_at,
        case source_table when 'surveys' then 'survey' else 'rating' end as opinion_kind
    from answers
    union all
    select
        concat('activities-', reviews.activity_id), 'opinion', members.customer_id, null, null, reviews.occurred_at, 'review'
    from reviews
    inner join members on reviews.member_id = members.member_id
    union all
    select complaint_id, 'complaint', customer_id, ticket_id, order_id, occurred_at, null
    from complaints
),

-- Who is not known can be answered on the ticket they wrote, if there is one.
timed as (
    select
        listed.*,
        coalesce(listed.customer_id, 'ticket ' || listed.ticket_id) as addressee,
        cast({{ dbt.dateadd('day', 'rules.days', 'listed.occurred_at') }} as timestamp) as until_at
    from listed
    inner join rules
        on rules.rule = case listed.kind when 'opinion' then 'answered' else 'handled_well' end
        and {{ is_in_force('cast(listed.occurred_at as date)', 'rules') }}
)

select * from timed
