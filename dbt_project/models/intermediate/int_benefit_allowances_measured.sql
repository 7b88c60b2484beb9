with

thresholds as (
    select
        cast({{ dbt.dateadd('day', '1 - measured_days', as_of_date()) }} as date) as from_on,
        cast({{ dbt.dateadd('day', 1, as_of_date()) }} as date) as to_on
    from {{ ref('benefit_thresholds') }}
    where {{ is_in_force(as_of_date()) }}
),

history as (
    select customer_id, level, valid_from, coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('member_tier_history') }}
),

entitlements as (
    select
        level,
        benefit,
        allowed_uses,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
        case period when 'month' then 12 when 'quarter' then 4 when 'year' then 1 end as periods_a_year
    from {{ ref('level_benefits') }}
),

-- the days a member spent at a level while it had the benefit, within the measured days
spent as (
    select
        history.customer_id,
        entitlements.level,
        entitlements.benefit,
        entitlements.allowed_uses,
        entitlements.periods_a_year,
        {{ days_between(
            'greatest(history.valid_from, entitlements.valid_from, thresholds.from_on)',
            'least(history.valid_to, entitlements.valid_to, thresholds.to_on)'
        ) }} as day_count
    from history
    inner join entitlements
        on
        history.level = entitlements.level
        and history.valid_from < entitlements.valid_to
        and entitlements.valid_from < history.valid_to
    inner join thresholds
        on history.valid_from < thresholds.to_on and thresholds.from_on < history.valid_to
),

-- What is given once and for all is there from the first day; the rest comes with the days.
allowed as (
    select
        level,
        benefit,
        count(distinct customer_id) as entitled_member_count,
        case
            when count(*) = count(allowed_uses) then cast(
                coalesce(sum(allowed_uses * periods_a_year * day_count), 0) / 365.0
                + count(distinct case when periods_a_year is null then customer_id end)
                * coalesce(max(case when periods_a_year is null then allowed_uses end), 0)
                as decimal(18, 2)
            )
        end as allowed_use_count
    from spent
    where day_count > 0
    group by level, benefit
)

select * from allowed
