-- A row here is a ledger entry of which returns took back more than it had earned: returning goods became a penalty.
-- Likely cause: the running total of reversals in int_growth_reversed.
select
    entry.entry_id,
    entry.growth_value,
    sum(reversal.growth_value) as taken_back
from {{ ref('growth_ledger') }} as entry
inner join {{ ref('growth_ledger') }} as reversal on entry.entry_id = reversal.reverses_entry_id
group by entry.entry_id, entry.growth_value
having entry.growth_value + sum(reversal.growth_value) < 0
