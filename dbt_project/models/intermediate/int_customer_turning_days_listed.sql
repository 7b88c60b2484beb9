{% set around = 90 -%}

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
        customer_id,
        changed_on as turns_on,
        ordered_on,
        cast(amount as decimal(18, 4)) as amount,
        ordered_on as placed_on,
        cast(null as date) as bought_on,
        0 as complaints
    from changes
    union all
    {{ turning_days('placed', days_later('placed.ordered_on', 'bands.days_from')) }}
    cross join bands
    where
        placed.next_ordered_on is null
        or {{ days_later('placed.ordered_on', 'bands.days_from') }} < placed.next_ordered_on
    union all
    {{ turning_days('bought', 'ordered_on', bought_on='ordered_on') }}
    union all
    {{ turning_days('bought', days_later('ordered_on', -around)) }}
    union all
    {{ turning_days('complaints', 'complained_on', complaints=1) }}
    union all
    {{ turning_days('complaints', days_later('complained_on', around + 1), complaints=-1) }}
    union all
    {{ turning_days('placed', 'rules.from_on') }}
    cross join rules
    where placed.next_ordered_on is null
)

select * from turning
