with

thresholds as (
    select * from {{ ref('benefit_thresholds') }} where {{ is_in_force(as_of_date()) }}
),

steps as (
    select * from {{ ref('int_level_steps_measured') }}
),

taken_up as (
    select * from {{ ref('int_benefits_taken_up') }}
),

tier_benefits as (
    select * from {{ ref('tier_benefits') }}
),

lost as (
    select
        level,
        falls_to,
        benefit,
        count(*) as member_count,
        min(falls_on) as first_falls_on
    from {{ ref('int_benefits_about_to_be_lost') }}
    group by level, falls_to, benefit
),

-- The same columns of each kind: what was found, of how many, and the share from which it would have been none.
found as (
    {%- for kind, level, next_level, benefit, found, out_of, threshold, falls_on, source in [
        ('levels_hardly_differ', 'lower_level', 'level', 'null', 'better_count', 'benefit_count',
            'better_share_from', 'null',
            'steps inner join thresholds on lower_level is not null and better_count < better_share_from * benefit_count'),
        ('level_without_own_benefit', 'level', 'null', 'null', 'own_count', 'entitled_count', 'null', 'null',
            'steps where own_count = 0'),
        ('benefit_unused', 'null', 'null', 'benefit', 'using_member_count', 'entitled_member_count',
            'used_share_from', 'null',
            'taken_up inner join thresholds on using_member_count < used_share_from * entitled_member_count'),
        ('members_would_lose', 'level', 'falls_to', 'benefit', 'member_count', 'null', 'null', 'first_falls_on', 'lost'),
        ('used_without_entitlement', 'level', 'null', 'benefit', 'not_entitled_count', 'use_count', 'null', 'null',
            'tier_benefits where not_entitled_count > 0'),
    ] %}
        select
            '{{ kind }}' as kind,
            cast({{ level }} as {{ dbt.type_string() }}) as level,
            cast({{ next_level }} as {{ dbt.type_string() }}) as next_level,
            cast({{ benefit }} as {{ dbt.type_string() }}) as benefit,
            {{ found }} as found_count,
            cast({{ out_of }} as bigint) as out_of_count,
            cast({{ threshold }} as double) as share_threshold,
            cast({{ falls_on }} as date) as first_falls_on
        from {{ source }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from found
