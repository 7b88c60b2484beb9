{{ config(materialized='table') }}

with

events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

listed as (
    select user_id as agent_id, _loaded_at from {{ ref('stg_helpdesk__users') }} where is_staff
),

-- A helpdesk forgets people who left. Whoever a ticket was assigned to answers for the company.
assigned as (
    select assignee_id as agent_id, _loaded_at from {{ ref('stg_helpdesk__tickets') }}
    union all
    select value as agent_id, _loaded_at from events where field = 'assignee_id'
    union all
    select previous_value as agent_id, _loaded_at from events where field = 'assignee_id'
),

said as (
    select * from listed
    union all
    select * from assigned where agent_id is not null
),

staff as (
    select
        agent_id,
        min(_loaded_at) as _loaded_at
    from said
    group by agent_id
)

select * from staff
