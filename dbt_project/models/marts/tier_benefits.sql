with

matrix as (
    select * from {{ ref('int_level_benefits_in_force') }}
),

thresholds as (
    select
        measured_days,
        cast({{ dbt.dateadd('day', '1 - measured_days', as_of_date()) }} as date) as measured_from
    from {{ ref('benefit_thresholds') }}
    where {{ is_in_force(as_of_date()) }}
),

members as (
    select level, count(*) as member_count
    from {{ ref('member_tiers') }}
    where level is not null
    group by level
),

allowances as (
    select * from {{ ref('int_benefit_allowances_measured') }}
),

used as (
    select
        uses.level,
        uses.benefit,
        count(distinct uses.customer_id) as using_member_count,
        count(*) as use_count,
        count(*) filter (where uses.outcome = 'within the allowance') as allowed_count,
        count(*) filter (where uses.is_over_entitlement) as over_entitlement_count,
        count(*) filter (where not uses.was_entitled) as not_entitled_count,
        sum(uses.use_cost) as use_cost
    from {{ ref('benefit_uses') }} as uses
    inner join thresholds
        on cast(uses.used_at as date) >= thresholds.measured_from and uses.used_at < {{ as_of_end() }}
    group by uses.level, uses.benefit
),

measured as (
    select
        matrix.level,
        matrix.level_rank,
        matrix.level_name_en,
        matrix.level_name_zh,
        matrix.benefit,
        matrix.benefit_name_en,
        matrix.benefit_name_zh,
        matrix.is_entitled,
        matrix.allowed_uses,
        matrix.period,
        matrix.units,
        matrix.unit,
        matrix.unit_cost,
        coalesce(members.member_count, 0) as member_count,
        thresholds.measured_days,
        coalesce(allowances.entitled_member_count, 0) as entitled_member_count,
        coalesce(used.using_member_count, 0) as using_member_count,
        coalesce(used.use_count, 0) as use_count,
        coalesce(used.over_entitlement_count, 0) as over_entitlement_count,
        coalesce(used.not_entitled_count, 0) as not_entitled_count,
        allowances.allowed_use_count,
        round(
            coalesce(used.allowed_count, 0) / cast(allowances.allowed_use_count as double), 4
        ) as allowance_used_share,
        cast(
            round(allowances.allowed_use_count * matrix.units * matrix.unit_cost, 2) as decimal(18, 2)
        ) as allowance_cost,
        cast(coalesce(used.use_cost, 0) as decimal(18, 2)) as use_cost,
        {{ as_of_date() }} as as_of_date
    from matrix
    cross join thresholds
    left join members on matrix.level = members.level
    left join allowances on matrix.level = allowances.level and matrix.benefit = allowances.benefit
    left join used on matrix.level = used.level and matrix.benefit = used.benefit
)

select * from measured
