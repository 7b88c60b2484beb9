with

standpoints as (
    select * from {{ ref('int_value_standpoints') }}
),

thresholds as (
    select * from {{ ref('value_tier_thresholds') }}
),

in_force as (
    select
        standpoints.standpoint,
        standpoints.account_type,
        standpoints.period_days,
        thresholds.value_tier,
        thresholds.tier_rank,
        thresholds.name_en,
        thresholds.name_zh,
        coalesce(thresholds.net_sales_from, 0) as net_sales_from,
        thresholds.net_sales_from is null as is_lowest
    from standpoints
    inner join thresholds
        on standpoints.account_type = thresholds.account_type
        and {{ is_in_force('standpoints.judged_on', 'thresholds') }}
),

with_next as (
    select
        *,
        lead(value_tier) over above as next_tier,
        lead(name_en) over above as next_name_en,
        lead(name_zh) over above as next_name_zh,
        lead(net_sales_from) over above as next_net_sales_from
    from in_force
    window above as (partition by standpoint, account_type order by tier_rank)
)

select * from with_next
