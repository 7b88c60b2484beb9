{% set text = dbt.type_string() %}

with

from_fields as (
    select
        ticket_id, event_id, customer_id, agent_id, promised_at, due_at, has_history,
        'field' as source,
        'field' as place,
        cast(null as {{ text }}) as quoted_text,
        cast(null as integer) as span_start,
        cast(null as integer) as span_end,
        cast(1 as decimal(3, 2)) as confidence,
        cast(null as {{ text }}) as problem
    from {{ ref('int_promises_of_fields') }}
),

from_tags as (
    select
        ticket_id, event_id, customer_id, agent_id, promised_at, due_at, has_history,
        'tag' as source,
        concat('tag-', tag) as place,
        cast(null as {{ text }}) as quoted_text,
        cast(null as integer) as span_start,
        cast(null as integer) as span_end,
        cast(1 as decimal(3, 2)) as confidence,
        case when due_at is null then 'no working time known' end as problem
    from {{ ref('int_promises_of_tags_timed') }}
),

from_comments as (
    select
        ticket_id, event_id, customer_id, agent_id, promised_at, due_at,
        true as has_history,
        'comment' as source,
        place, quoted_text, span_start, span_end, confidence, problem
    from {{ ref('int_promises_of_comments') }}
),

said as (
    select *, 1 as source_rank from from_fields
    union all
    select *, 2 as source_rank from from_tags
    union all
    select *, 3 as source_rank from from_comments
),

identified as (
    select
        *,
        cast(case
            when source = 'field' then concat(ticket_id, '-', coalesce(event_id, place))
            else concat(ticket_id, '-', coalesce(concat(event_id, '-'), ''), place)
        end as {{ text }}) as promise_id
    from said
),

-- An agent who writes it, tags it and fills in the field within the hour promised once.
said_better as (
    select distinct weaker.promise_id
    from identified as weaker
    inner join identified as stronger
        on
        weaker.ticket_id = stronger.ticket_id
        and weaker.agent_id = stronger.agent_id
        and stronger.source_rank < weaker.source_rank
        and abs({{ seconds_between('weaker.promised_at', 'stronger.promised_at') }}) <= 3600
),

made as (
    select identified.* from identified
    left join said_better on identified.promise_id = said_better.promise_id
    where said_better.promise_id is null
)

select * from made
