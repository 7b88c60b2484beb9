with

stretches as (
    select
        *,
        case when order_count > 0 then 1 else 0 end as buyer_count
    from {{ ref('int_customer_value_tiers_by_stretch') }}
),

tiers as (
    select * from {{ ref('int_value_tiers_by_month') }}
),

-- counted in from the first month of a stretch, out again after its last
changes as (
    select
        judged_as,
        value_tier,
        first_month_on as month_on,
        count(*) as customer_count,
        sum(buyer_count) as buyer_count,
        sum(net_sales) as net_sales
    from stretches
    group by judged_as, value_tier, first_month_on
    union all
    select
        judged_as,
        value_tier,
        next_month_on as month_on,
        -count(*) as customer_count,
        -sum(buyer_count) as buyer_count,
        -sum(net_sales) as net_sales
    from stretches
    group by judged_as, value_tier, next_month_on
),

counted as (
    select
        tiers.account_type,
        tiers.value_tier,
        tiers.month_on,
        tiers.judged_on,
        tiers.period_days,
        coalesce(sum(changes.customer_count), 0) as customer_count,
        coalesce(sum(changes.buyer_count), 0) as buyer_count,
        coalesce(sum(changes.net_sales), 0) as net_sales
    from tiers
    left join changes
        on tiers.account_type = changes.judged_as
        and tiers.value_tier = changes.value_tier
        and changes.month_on <= tiers.month_on
    group by tiers.account_type, tiers.value_tier, tiers.month_on, tiers.judged_on, tiers.period_days
)

select * from counted
