with

thresholds as (
    select * from {{ ref('benefit_thresholds') }} where {{ is_in_force(as_of_date()) }}
),

members as (
    select customer_id, level from {{ ref('member_tiers') }}
),

matrix as (
    select level, benefit from {{ ref('int_level_benefits_in_force') }} where is_entitled
),

used as (
    select distinct uses.customer_id, uses.benefit
    from {{ ref('benefit_uses') }} as uses
    inner join thresholds
        on
        uses.used_at < {{ as_of_end() }}
        and cast(uses.used_at as date) > {{ dbt.dateadd('day', '-thresholds.measured_days', as_of_date()) }}
),

taken_up as (
    select
        matrix.benefit,
        count(*) as entitled_member_count,
        count(used.customer_id) as using_member_count
    from members
    inner join matrix on members.level = matrix.level
    left join used on members.customer_id = used.customer_id and matrix.benefit = used.benefit
    group by matrix.benefit
)

select * from taken_up
