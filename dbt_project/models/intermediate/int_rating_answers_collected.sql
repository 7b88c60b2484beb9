with

ratings as (
    select * from {{ ref('stg_helpdesk__satisfaction_ratings') }}
),

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

words as (
    select * from {{ ref('answer_words') }} where source_table = 'satisfaction_ratings'
),

-- codes have their signs as an underscore, so `_1` was typed as -1; merely offered, nobody has answered
rated as (
    select
        'helpdesk' as source_system,
        'satisfaction_ratings' as source_table,
        ratings.rating_id as source_record_id,
        tickets.customer_id,
        ratings.rated_at as occurred_at,
        'ticket' as topic,
        ratings.reason,
        ratings.ticket_id,
        tickets.order_id,
        ratings.score as answer_code,
        cast(null as bigint) as expectation,
        cast(null as bigint) as performance,
        case
            when words.answer_code is not null then cast(words.answer as bigint)
            when {{ matches('ratings.score', '^_?[0-9]{1,6}$') }}
                then cast(replace(ratings.score, '_', '-') as bigint)
        end as answer,
        ratings.has_comment,
        case when tickets.ticket_id is null then 'of an unknown ticket' end as reference_problem
    from ratings
    left join words
        on ratings.score = words.answer_code and {{ is_in_force('cast(ratings.rated_at as date)', 'words') }}
    left join tickets on ratings.ticket_id = tickets.ticket_id
    where words.answer_code is null or words.answer is not null
)

select * from rated
