with

months as (
    {{ service_months('agent', 'agent_id') }}
),

listed as (
    select user_id from {{ ref('stg_helpdesk__users') }} where is_staff and is_active
),

agents as (
    select
        months.*,
        listed.user_id is null and not months.is_unassigned as is_deleted
    from months
    left join listed on months.agent_id = listed.user_id
)

select * from agents
