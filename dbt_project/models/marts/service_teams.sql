with

months as (
    {{ service_months('group', 'group_id') }}
),

listed as (
    select group_id from {{ ref('stg_helpdesk__groups') }} where not is_deleted
),

teams as (
    select
        months.*,
        listed.group_id is null and not months.is_unassigned as is_deleted
    from months
    left join listed on months.group_id = listed.group_id
)

select * from teams
