with

standings as (
    select * from {{ ref('int_customer_standings_by_stretch') }}
),

tiers as (
    select * from {{ ref('value_tier_thresholds') }}
),

-- what was done that day comes before what it led to; what only time did comes with the day
done as (
    select
        customer_id,
        changed_on,
        max(changed_at) as done_at
    from {{ ref('int_order_amounts_known') }}
    group by customer_id, changed_on
),

followed as (
    select
        *,
        lag(value_tier) over (partition by customer_id order by from_on) as previous_tier
    from standings
),

named as (
    select
        followed.customer_id,
        concat(followed.customer_id, '-', followed.from_on) as change_id,
        coalesce(done.done_at, cast(followed.from_on as timestamp)) as changed_at,
        tiers.tier_rank,
        tiers.name_en,
        tiers.name_zh,
        previous_tiers.tier_rank as previous_rank,
        previous_tiers.name_en as previous_name_en,
        previous_tiers.name_zh as previous_name_zh
    from followed
    inner join tiers
        on followed.account_type = tiers.account_type
        and followed.value_tier = tiers.value_tier
        and {{ is_in_force('followed.from_on', 'tiers') }}
    inner join tiers as previous_tiers
        on followed.account_type = previous_tiers.account_type
        and followed.previous_tier = previous_tiers.value_tier
        and {{ is_in_force('followed.from_on', 'previous_tiers') }}
    left join done on followed.customer_id = done.customer_id and followed.from_on = done.changed_on
    where followed.value_tier <> followed.previous_tier
)

select * from named
