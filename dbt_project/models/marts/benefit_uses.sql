with

uses as (
    select * from {{ ref('int_benefit_uses_matched') }}
),

-- Every use counts, also one before a rise that widened the allowance, and one that was no right of theirs.
numbered as (
    select
        *,
        case period
            {%- for period in ['month', 'quarter', 'year'] %}
                when '{{ period }}' then {{ use_number([dbt.date_trunc(period, 'used_at')]) }}
            {%- endfor %}
            when 'once' then {{ use_number([]) }}
        end as use_number
    from uses
),

listed as (
    select
        benefit_use_id,
        customer_id,
        benefit,
        used_at,
        level,
        level_rank,
        was_entitled,
        cast(use_number as integer) as use_number,
        allowed_uses,
        period,
        coalesce(use_number > allowed_uses, false) as is_over_entitlement,
        case
            when level is null then 'no member that day'
            when not was_entitled then 'not a benefit of the level'
            when use_number > allowed_uses then 'over the allowance'
            else 'within the allowance'
        end as outcome,
        units,
        unit_cost,
        {{ cents('units * unit_cost') }} as use_cost
    from numbered
)

select * from listed
