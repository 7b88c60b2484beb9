with

found as (
    select * from {{ ref('int_benefit_gaps_found') }}
),

steps as (
    select * from {{ ref('int_level_steps_measured') }}
),

levels as (
    select level, name_en, name_zh from {{ ref('member_levels') }} where {{ is_in_force(as_of_date()) }}
),

benefits as (
    select benefit, name_en, name_zh from {{ ref('benefits') }} where {{ is_in_force(as_of_date()) }}
),

thresholds as (
    select measured_days from {{ ref('benefit_thresholds') }} where {{ is_in_force(as_of_date()) }}
),

named as (
    select
        found.*,
        levels.name_en as level_en,
        levels.name_zh as level_zh,
        next_levels.name_en as next_level_en,
        next_levels.name_zh as next_level_zh,
        benefits.name_en as benefit_en,
        benefits.name_zh as benefit_zh,
        steps.better_names_en,
        steps.better_names_zh,
        lower_levels.name_en as lower_level_en,
        lower_levels.name_zh as lower_level_zh,
        thresholds.measured_days
    from found
    cross join thresholds
    left join levels on found.level = levels.level
    left join levels as next_levels on found.next_level = next_levels.level
    left join benefits on found.benefit = benefits.benefit
    left join steps on coalesce(found.next_level, found.level) = steps.level
    left join levels as lower_levels on steps.lower_level = lower_levels.level
),

listed as (
    select
        concat_ws(':', kind, level, next_level, benefit) as finding_id,
        kind,
        level,
        next_level,
        benefit,
        found_count,
        out_of_count,
        round(found_count / cast(nullif(out_of_count, 0) as double), 4) as found_share,
        share_threshold,
        first_falls_on,
        {{ benefit_gap_in_english() }} as finding_en,
        {{ benefit_gap_in_chinese() }} as finding_zh,
        {{ as_of_date() }} as as_of_date
    from named
)

select * from listed
