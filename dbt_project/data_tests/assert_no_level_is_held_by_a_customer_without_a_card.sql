-- A row here is a customer who holds a level in the history and is no member: the customer that the card was found to
-- belong to has it now. Likely cause: int_member_level_periods kept the periods of a customer that is gone.
select distinct history.customer_id
from {{ ref('member_tier_history') }} as history
left join {{ ref('int_members_aggregated_to_customers') }} as members on history.customer_id = members.customer_id
where members.customer_id is null
