{% set around = 90 -%}
{% set shape = "cast(null as date) as ordered_on, cast(0 as decimal(18, 4)) as amount, cast(null as date) as placed_on" -%}

with

changes as (
    select * from {{ ref('int_order_amounts_known') }}
),

placed as (
    select
        customer_id,
        ordered_on,
        lead(ordered_on) over (partition by customer_id order by ordered_on) as next_ordered_on
    from changes
    group by customer_id, ordered_on
),

bands as (
    select distinct days_from from {{ ref('recency_bands') }}
),

bought as (
    select customer_id, ordered_on from {{ ref('int_customer_sales_by_day') }}
),

complaints as (
    select customer_id, complained_on from {{ ref('int_complaints_gathered') }} where customer_id is not null
),

rules as (
    select valid_from as from_on from {{ ref('recency_bands') }}
    union
    select valid_from as from_on from {{ ref('value_tier_thresholds') }}
),

-- Days on which what a customer is worth, how long ago they ordered, whether they buy again within 90 days, or whether
-- they complained within the last 90 days may turn. Who will complain is not asked: who buys more has more to complain
-- about, and customers of whom it is known that they will not would be poor buyers.
turning as (
    select
        customer_id, changed_on as turns_on, ordered_on, cast(amount as decimal(18, 4)) as amount, ordered_on as placed_on,
        cast(null as date) as bought_on, 0 as complaints
    from changes
    union all
    select placed.customer_id, {{ days_later('placed.ordered_on', 'bands.days_from') }}, {{ shape }}, null, 0
    from placed
    cross join bands
    where
        placed.next_ordered_on is null
        or {{ days_later('placed.ordered_on', 'bands.days_from') }} < placed.next_ordered_on
    union all
    select customer_id, ordered_on, {{ shape }}, ordered_on, 0 from bought
    union all
    select customer_id, {{ days_later('ordered_on', -around) }}, {{ shape }}, null, 0 from bought
    union all
    select customer_id, complained_on, {{ shape }}, null, 1 from complaints
    union all
    select customer_id, {{ days_later('complained_on', around + 1) }}, {{ shape }}, null, -1 from complaints
    union all
    select placed.customer_id, rules.from_on, {{ shape }}, null, 0 from placed
    cross join rules
    where placed.next_ordered_on is null
)

select * from turning
