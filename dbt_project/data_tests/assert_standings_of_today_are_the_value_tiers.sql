-- A row here is a customer with an order whose value tier on the as-of day is another in `customer_value_tiers` than
-- where complaints are compared. Likely cause: an order or refund that one of the two counts and the other does not.
with

standings as (
    select customer_id, value_tier from {{ ref('int_customer_standings_by_stretch') }} where to_on is null
),

tiers as (
    select customer_id, value_tier from {{ ref('customer_value_tiers') }}
)

select standings.customer_id, standings.value_tier, tiers.value_tier as value_tier_today
from standings
left join tiers on standings.customer_id = tiers.customer_id
where tiers.value_tier is distinct from standings.value_tier
