{{ config(materialized='table') }}

with

stretches as (
    select * from {{ ref('int_customer_worth_by_stretch') }}
),

thresholds as (
    select * from {{ ref('value_tier_thresholds') }}
),

bands as (
    select * from {{ ref('recency_bands') }}
),

-- the highest tier that is reached, and the last band
standing as (
    select
        stretches.customer_id,
        stretches.account_type,
        thresholds.value_tier,
        bands.recency_band,
        stretches.from_on,
        stretches.to_on,
        stretches.next_bought_on,
        stretches.has_just_complained,
        coalesce(
            {{ days_between('stretches.from_on', 'stretches.next_bought_on') }} <= 90, false
        ) as buys_within_90_days
    from stretches
    inner join thresholds
        on stretches.account_type = thresholds.account_type
        and stretches.period_days = thresholds.period_days
        and (thresholds.net_sales_from is null or stretches.net_sales >= thresholds.net_sales_from)
        and {{ is_in_force('stretches.from_on', 'thresholds') }}
    inner join bands
        on {{ days_between('stretches.last_placed_on', 'stretches.from_on') }} >= bands.days_from
        and {{ is_in_force('stretches.from_on', 'bands') }}
    qualify row_number() over (
        partition by stretches.customer_id, stretches.period_days, stretches.from_on
        order by thresholds.tier_rank desc, bands.days_from desc
    ) = 1
)

select * from standing
