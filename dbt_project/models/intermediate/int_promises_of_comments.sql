with

comments as (
    select * from {{ ref('int_comments_of_staff_listed') }}
),

statements as (
    select * from {{ ref('int_promises_read') }}
    where kind = 'promise' and confidence >= {{ var('promise_confidence') }}
),

promised as (
    select
        comments.ticket_id,
        comments.event_id,
        cast(concat(
            'comment-', cast(comments.part_number as {{ dbt.type_string() }}),
            '-', cast(statements.statement_number as {{ dbt.type_string() }})
        ) as {{ dbt.type_string() }}) as place,
        comments.customer_id,
        comments.agent_id,
        comments.occurred_at as promised_at,
        statements.due_at,
        statements.quoted_text,
        statements.span_start,
        statements.span_end,
        statements.confidence,
        statements.problem
    from statements
    inner join comments
        on statements.event_id = comments.event_id and statements.part_number = comments.part_number
)

select * from promised
