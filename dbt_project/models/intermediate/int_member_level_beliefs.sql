{{ config(materialized='table') }}

{#- Carries on from itself, also after --full-refresh: what was believed once cannot be computed again. -#}
{% set says = 'customer_id, level, level_rank, valid_from, valid_to, previous_level, growth_value, change_reason' -%}

with

now as (
    select * from {{ ref('int_member_levels_to_date') }}
),

changes as (
    select * from {{ ref('int_growth_changes_listed') }}
),

build as (
    select * from {{ ref('int_builds_begun') }}
),

believed as (
    {{ level_beliefs_so_far() }}
),

last_time as (
    select
        max(as_of_date) as as_of_date,
        max(checked_at) as checked_at,
        {{ dbt.dateadd('day', 1, 'least(max(as_of_date), ' ~ as_of_date() ~ ')') }} as day_after
    from believed
),

-- The earliest entry of a member that came, or came out differently, since.
reasons as (
    select changes.*
    from changes
    cross join last_time
    where changes.changed_at > last_time.checked_at
    qualify
        row_number() over (
            partition by changes.customer_id order by changes.restated_from, changes.change_rank, changes.entry_id
        ) = 1
),

-- As far as both looked, the same: what was going on then may have ended since without anything being restated.
compared as (
    select
        believed.*,
        now.valid_to as valid_to_now,
        now.customer_id is not null as is_same,
        now.customer_id is null
        and believed.known_until is null
        and believed.valid_from <= {{ as_of_date() }} as is_over
    from believed
    cross join last_time
    left join now
        on
        believed.known_until is null
        and believed.customer_id = now.customer_id
        and believed.valid_from = now.valid_from
        and believed.level = now.level
        and believed.change_reason = now.change_reason
        and believed.growth_value = now.growth_value
        and least(believed.valid_to, last_time.day_after) = least(now.valid_to, last_time.day_after)
),

carried_on as (
    select
        compared.customer_id,
        compared.level,
        compared.level_rank,
        compared.valid_from,
        case
            when compared.is_same and (compared.valid_to is null or compared.valid_to <= {{ as_of_date() }})
                then compared.valid_to_now
            else compared.valid_to
        end as valid_to,
        compared.previous_level,
        compared.growth_value,
        compared.change_reason,
        compared.known_at,
        case when compared.is_over then build.known_at else compared.known_until end as known_until,
        case
            when compared.is_over then coalesce(reasons.restated_because, 'member changed')
            else compared.restated_because
        end as restated_because,
        case when compared.is_over then reasons.restated_by else compared.restated_by end as restated_by,
        case when compared.is_over then reasons.restated_from else compared.restated_from end as restated_from
    from compared
    cross join build
    left join reasons on compared.customer_id = reasons.customer_id
),

begun as (
    select
        {{ says }},
        build.known_at,
        cast(null as timestamp) as known_until,
        cast(null as {{ dbt.type_string() }}) as restated_because,
        cast(null as {{ dbt.type_string() }}) as restated_by,
        cast(null as date) as restated_from
    from now
    cross join build
    where not exists (
        select 1 from compared
        where compared.is_same and compared.customer_id = now.customer_id and compared.valid_from = now.valid_from
    )
),

beliefs as (
    select * from carried_on
    union all
    select * from begun
)

select
    beliefs.*,
    greatest(last_time.as_of_date, {{ as_of_date() }}) as as_of_date,
    build.known_at as checked_at
from beliefs
cross join last_time
cross join build
