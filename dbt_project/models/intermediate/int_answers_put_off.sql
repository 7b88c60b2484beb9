with

comments as (
    select * from {{ ref('int_comments_of_staff_listed') }}
),

statements as (
    select * from {{ ref('int_promises_read') }} where kind is not null
),

-- A comment that names a time anywhere does not put off, however unsure the reading of it is.
put_off as (
    select
        event_id,
        part_number,
        min(statement_number) as statement_number
    from statements
    group by event_id, part_number
    having
        count(case when kind = 'promise' then 1 end) = 0
        and max(confidence) >= {{ var('promise_confidence') }}
),

answers as (
    select
        comments.ticket_id,
        comments.event_id,
        comments.part_number,
        comments.customer_id,
        comments.agent_id,
        comments.occurred_at,
        statements.quoted_text,
        statements.language,
        statements.confidence
    from put_off
    inner join comments on put_off.event_id = comments.event_id and put_off.part_number = comments.part_number
    inner join statements
        on
        put_off.event_id = statements.event_id
        and put_off.part_number = statements.part_number
        and put_off.statement_number = statements.statement_number
)

select * from answers
