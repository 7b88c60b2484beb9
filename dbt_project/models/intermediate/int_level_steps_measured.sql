with

compared as (
    select * from {{ ref('int_level_benefits_compared') }}
),

steps as (
    select
        level,
        lower_level,
        count(*) as benefit_count,
        count(*) filter (where is_entitled) as entitled_count,
        count(*) filter (where is_entitled and not lower_is_entitled) as own_count,
        count(*) filter (where is_better) as better_count,
        string_agg(benefit_name_en, ', ' order by benefit) filter (where is_better) as better_names_en,
        string_agg(benefit_name_zh, '、' order by benefit) filter (where is_better) as better_names_zh
    from compared
    group by level, lower_level
)

select * from steps
