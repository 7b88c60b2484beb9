with

promised as (
    select * from {{ ref('int_promises_of_tags') }}
),

working_time as (
    select *, {{ seconds_between('begins_at', 'ends_at') }} as seconds from {{ ref('int_business_time_accumulated') }}
    where schedule_id = 'default'
),

-- How much working time there will have been when it falls due.
begun as (
    select
        promised.*,
        {{ working_seconds_at('since', 'promised.promised_at') }} + promised.due_in_minutes * 60 as due_at_seconds
    from promised
    left join working_time as since
        on promised.is_business and {{ is_at('since', "'default'", 'promised.promised_at') }}
),

timed as (
    select
        begun.ticket_id,
        begun.event_id,
        begun.tag,
        begun.customer_id,
        begun.agent_id,
        begun.promised_at,
        begun.has_history,
        case
            when begun.is_business
                then {{ dbt.dateadd(
                    'second', 'begun.due_at_seconds - ending.working_seconds_before', 'ending.begins_at'
                ) }}
            else {{ dbt.dateadd('minute', 'begun.due_in_minutes', 'begun.promised_at') }}
        end as due_at
    from begun
    left join working_time as ending
        on
        ending.is_working
        and ending.working_seconds_before < begun.due_at_seconds
        and begun.due_at_seconds <= ending.working_seconds_before + ending.seconds
)

select * from timed
