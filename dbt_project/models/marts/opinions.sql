with

feedback as (
    select * from {{ ref('int_feedback_listed') }} where kind = 'opinion'
),

answers as (
    select * from {{ ref('satisfaction') }}
),

replies as (
    select
        feedback_id,
        agent_id,
        replied_at,
        answered_on
    from {{ ref('int_feedback_replies_found') }}
    where kind = 'opinion'
    qualify row_number() over (
        partition by feedback_id order by replied_at, length(event_id), event_id, part_number
    ) = 1
),

thanks as (
    select
        feedback_id,
        min(thanked_at) as thanked_at,
        max(case way when 'words' then 1 else 0 end) = 1 as in_words,
        max(case way when 'campaign' then 1 else 0 end) = 1 as by_campaign,
        max(case way when 'growth' then 1 else 0 end) = 1 as with_growth
    from {{ ref('int_opinion_thanks_found') }}
    group by feedback_id
),

-- while there is still time nobody can say that it was not done; of nobody known nobody can say anything
joined as (
    select
        feedback.feedback_id as opinion_id,
        feedback.opinion_kind as kind,
        feedback.customer_id,
        feedback.ticket_id,
        feedback.order_id,
        feedback.occurred_at,
        answers.topic,
        answers.score,
        answers.outcome,
        answers.has_comment,

        case
            when replies.feedback_id is not null then true
            when feedback.addressee is not null and feedback.until_at < {{ as_of_end() }} then false
        end as was_answered,
        replies.replied_at as answered_at,
        replies.agent_id as answered_by,
        replies.answered_on,
        cast(
            {{ seconds_between('feedback.occurred_at', 'replies.replied_at') }} / 60.0 as decimal(18, 2)
        ) as minutes_to_answer,

        case
            when thanks.feedback_id is not null then true
            when feedback.addressee is not null and feedback.until_at < {{ as_of_end() }} then false
        end as was_thanked,
        thanks.thanked_at,
        cast(
            {{ seconds_between('feedback.occurred_at', 'thanks.thanked_at') }} / 60.0 as decimal(18, 2)
        ) as minutes_to_thank,
        coalesce(thanks.in_words, false) as was_thanked_in_words,
        coalesce(thanks.by_campaign, false) as was_thanked_by_campaign,
        coalesce(thanks.with_growth, false) as was_thanked_with_growth
    from feedback
    left join answers on feedback.feedback_id = answers.answer_id
    left join replies on feedback.feedback_id = replies.feedback_id
    left join thanks on feedback.feedback_id = thanks.feedback_id
)

select * from joined
