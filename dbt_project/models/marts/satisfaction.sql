with

answers as (
    select *, cast(occurred_at as date) as answered_on from {{ ref('int_survey_answers_collected') }}
    union all
    select *, cast(occurred_at as date) as answered_on from {{ ref('int_rating_answers_collected') }}
),

scales as (
    select * from {{ ref('answer_scales') }}
),

thresholds as (
    select * from {{ ref('satisfaction_thresholds') }}
),

scaled as (
    select
        answers.*,
        concat(answers.source_table, '-', answers.source_record_id) as answer_id,
        scales.lowest,
        scales.highest,
        scales.dissatisfied_to,
        scales.satisfied_from,
        answers.answer >= scales.lowest and answers.answer <= scales.highest as is_on_scale,
        answers.expectation < scales.lowest or answers.expectation > scales.highest as is_expectation_off_scale
    from answers
    left join scales
        on answers.source_table = scales.source_table
        and scales.topic in (answers.topic, '*')
        and {{ is_in_force('answers.answered_on', 'scales') }}
    qualify row_number() over (
        partition by answers.source_table, answers.source_record_id
        order by case when scales.topic = '*' then 1 else 0 end
    ) = 1
),

compared as (
    select
        scaled.answer_id,
        max_by(thresholds.outcome, thresholds.outcome_rank) as outcome
    from scaled
    inner join thresholds
        on scaled.performance - scaled.expectation >= thresholds.gap_from
        and {{ is_in_force('scaled.answered_on', 'thresholds') }}
    where scaled.is_on_scale and not scaled.is_expectation_off_scale
    group by scaled.answer_id
),

-- Where nobody said what they had expected, nobody can be told to be delighted.
satisfaction as (
    select
        scaled.source_system,
        scaled.source_table,
        scaled.source_record_id,
        scaled.customer_id,
        scaled.occurred_at,
        scaled.topic,
        scaled.reason,
        scaled.ticket_id,
        scaled.order_id,
        scaled.answer_code,
        scaled.expectation,
        scaled.performance,
        scaled.has_comment,
        {{ answer_score('scaled') }} as score,
        case
            when compared.outcome is not null then compared.outcome
            when not scaled.is_on_scale or scaled.expectation is not null then null
            when scaled.answer <= scaled.dissatisfied_to then 'dissatisfied'
            when scaled.answer >= scaled.satisfied_from then 'satisfied'
        end as outcome,
        {{ answer_problem('scaled') }} as problem,
        scaled.answer_id
    from scaled
    left join compared on scaled.answer_id = compared.answer_id
)

select * from satisfaction
