with

ratings as (
    select * from {{ ref('stg_helpdesk__satisfaction_ratings') }}
),

scored as (
    select
        rating_id,
        ticket_id,
        assignee_id as agent_id,
        rated_at,
        case
            when score in ('good', 'good_with_comment') then 1
            when score in ('bad', 'bad_with_comment') then 0
        end as csat_score
    from ratings
),

latest as (
    select * from scored
    where csat_score is not null
    qualify row_number() over (partition by ticket_id order by rated_at desc, rating_id desc) = 1
)

select * from latest
