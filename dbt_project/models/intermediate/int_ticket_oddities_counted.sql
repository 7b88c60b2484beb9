with

events as (
    select * from {{ ref('int_ticket_events_unnested') }} where problem is not null
),

counted as (
    select
        ticket_id,
        cast(count(case when problem = 'repeated' then 1 end) as integer) as repeated_count,
        cast(count(case when problem = 'before opening' then 1 end) as integer) as early_count
    from events
    group by ticket_id
)

select * from counted
