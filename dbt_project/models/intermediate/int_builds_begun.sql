with

builds as (
    select * from {{ source('ops', 'model_runs') }} where resource_type = 'build' and status = 'running'
),

latest as (
    select
        max(finished_at) as known_at,
        {{ as_of_date() }} as as_of_date
    from builds
)

select * from latest
