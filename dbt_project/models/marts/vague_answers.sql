with

answers as (
    select * from {{ ref('int_answers_put_off') }}
),

comments as (
    select * from {{ ref('int_comments_of_staff_listed') }}
),

followed as (
    select
        answers.event_id,
        answers.part_number,
        min(comments.occurred_at) as next_reply_at
    from answers
    inner join comments on answers.ticket_id = comments.ticket_id and answers.occurred_at < comments.occurred_at
    group by answers.event_id, answers.part_number
),

listed as (
    select
        cast(concat(
            answers.event_id, '-', cast(answers.part_number as {{ dbt.type_string() }})
        ) as {{ dbt.type_string() }}) as answer_id,
        answers.ticket_id,
        answers.event_id,
        answers.customer_id,
        answers.agent_id,
        answers.occurred_at,
        answers.quoted_text,
        answers.language,
        cast(answers.confidence as decimal(3, 2)) as confidence,
        followed.next_reply_at,
        cast(
            {{ seconds_between('answers.occurred_at', 'followed.next_reply_at') }} / 60.0 as decimal(18, 2)
        ) as minutes_to_next_reply
    from answers
    left join followed on answers.event_id = followed.event_id and answers.part_number = followed.part_number
)

select * from listed
