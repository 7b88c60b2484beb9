-- A row here is a survey answer, or a rating that was given, that is missing from `satisfaction` or is in it
-- twice. Likely cause: a join in it that drops or doubles answers.
with

given as (
    select concat('surveys-', response_id) as answer_id from {{ ref('stg_membership__surveys') }}
    union all
    select concat('satisfaction_ratings-', rating_id) as answer_id
    from {{ ref('stg_helpdesk__satisfaction_ratings') }}
    where score not in ('offered', 'unoffered')
),

listed as (
    select answer_id, count(*) as times from {{ ref('satisfaction') }} group by answer_id
)

select coalesce(given.answer_id, listed.answer_id) as answer_id
from given
full join listed on given.answer_id = listed.answer_id
where given.answer_id is null or listed.answer_id is null or listed.times > 1
