with

surveys as (
    select * from {{ ref('stg_membership__surveys') }}
),

members as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

ratings as (
    select * from {{ ref('stg_helpdesk__satisfaction_ratings') }}
    where score not in ('offered', 'unoffered')
),

tickets as (
    select * from {{ ref('tickets') }}
),

thresholds as (
    select * from {{ ref('satisfaction_thresholds') }}
),

gaps as (
    select
        surveys.response_id,
        surveys.performance - surveys.expectation as gap,
        max_by(thresholds.outcome, thresholds.outcome_rank) as outcome
    from surveys
    inner join thresholds
        on
        surveys.performance - surveys.expectation >= thresholds.gap_from
        and cast(surveys.occurred_at as date) >= thresholds.valid_from
        and (thresholds.valid_to is null or cast(surveys.occurred_at as date) < thresholds.valid_to)
    group by surveys.response_id, surveys.performance - surveys.expectation
),

answers as (
    select
        'membership' as source_system,
        'surveys' as source_table,
        surveys.response_id as source_record_id,
        members.customer_id,
        surveys.occurred_at,
        surveys.topic,
        cast(null as {{ dbt.type_string() }}) as ticket_id,
        cast(null as {{ dbt.type_string() }}) as order_id,
        cast(null as {{ dbt.type_string() }}) as answer_code,
        cast(surveys.expectation as integer) as expectation,
        cast(surveys.performance as integer) as performance,
        gaps.outcome
    from surveys
    inner join members on surveys.member_id = members.member_id
    left join gaps on surveys.response_id = gaps.response_id
),

-- Of good and bad nobody can tell what was expected, so a good rating is satisfied and never delighted.
rated as (
    select
        'helpdesk' as source_system,
        'satisfaction_ratings' as source_table,
        ratings.rating_id as source_record_id,
        tickets.customer_id,
        ratings.rated_at as occurred_at,
        'ticket' as topic,
        ratings.ticket_id,
        tickets.order_id,
        ratings.score as answer_code,
        cast(null as integer) as expectation,
        cast(null as integer) as performance,
        case
            when ratings.score in ('good', 'good_with_comment') then 'satisfied'
            when ratings.score in ('bad', 'bad_with_comment') then 'dissatisfied'
        end as outcome
    from ratings
    left join tickets on ratings.ticket_id = tickets.ticket_id
),

satisfaction as (
    select * from answers
    union all
    select * from rated
)

select
    *,
    concat(source_table, '-', source_record_id) as answer_id
from satisfaction
