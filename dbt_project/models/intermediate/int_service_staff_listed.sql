with

listed as (
    select user_id from {{ ref('stg_helpdesk__users') }} where is_staff
),

-- A helpdesk forgets people who left. Whoever a ticket was assigned to answers for the company.
assigned as (
    select assignee_id as user_id from {{ ref('stg_helpdesk__tickets') }}
    union
    select value as user_id from {{ ref('int_ticket_events_unnested') }} where field = 'assignee_id'
    union
    select previous_value as user_id from {{ ref('int_ticket_events_unnested') }} where field = 'assignee_id'
),

staff as (
    select user_id as agent_id from listed
    union
    select user_id as agent_id from assigned where user_id is not null
)

select * from staff
