with

reached as (
    select * from {{ ref('int_customer_value_tiers_reached') }}
),

rules as (
    select * from {{ ref('int_value_rules_in_force') }}
),

followed as (
    select
        earlier.judged_as,
        earlier.value_tier,
        earlier.distance_band,
        case when today.tier_rank > earlier.tier_rank then 1 else 0 end as risen
    from reached as earlier
    inner join reached as today
        on earlier.customer_id = today.customer_id
        and today.standpoint = 'now'
    where earlier.standpoint = 'a period ago' and earlier.next_tier is not null
),

counted as (
    select
        judged_as,
        value_tier,
        distance_band,
        count(*) as similar_count,
        sum(risen) as risen_count
    from followed
    group by judged_as, value_tier, distance_band
),

shared as (
    select
        counted.*,
        cast(counted.risen_count as double) / counted.similar_count as risen_share
    from counted
    cross join rules
    where counted.similar_count >= rules.similar_customers_from
)

select * from shared
