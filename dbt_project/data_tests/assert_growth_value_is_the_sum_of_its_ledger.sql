-- A row here is a member whose growth value is not the sum of the ledger entries that count on the as-of day.
-- Likely cause: the running sum in int_member_growth_changes lost a change or counted one twice.
with

counting as (
    select customer_id, sum(growth_value) as growth_value
    from {{ ref('growth_ledger') }}
    where {{ counts_on(as_of_date()) }}
    group by customer_id
)

select
    member_tiers.customer_id,
    member_tiers.growth_value,
    counting.growth_value as ledger_value
from {{ ref('member_tiers') }} as member_tiers
left join counting on member_tiers.customer_id = counting.customer_id
where member_tiers.level is not null and member_tiers.growth_value <> coalesce(counting.growth_value, 0)
