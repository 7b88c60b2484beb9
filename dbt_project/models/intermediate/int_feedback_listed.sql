{% set kind_of_answer = "case source_table when 'surveys' then 'survey' else 'rating' end" -%}

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
    select
        activities.*,
        records.customer_id
    from {{ ref('stg_membership__activities') }} as activities
    inner join {{ ref('int_source_records_identified') }} as records
        on
        records.source_system = 'membership'
        and records.source_table = 'members'
        and activities.member_id = records.source_record_id
    where activities.activity_type = 'review'
),

listed as (
    {{ feedback('answers', 'answer_id', 'opinion', kind_of_answer) }}
    union all
    {{ feedback('reviews', "concat('activities-', activity_id)", 'opinion', "'review'", ticket=none, order=none) }}
    union all
    {{ feedback('complaints', 'complaint_id', 'complaint', 'cast(null as ' ~ dbt.type_string() ~ ')') }}
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
