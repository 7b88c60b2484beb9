-- Returns took more growth from a member than the line had earned, so returning goods became a penalty: the running total of reversals is wrong.
select
    entry.entry_id,
    entry.growth_value,
    sum(reversal.growth_value) as taken_back
from {{ ref('growth_ledger') }} as entry
inner join {{ ref('growth_ledger') }} as reversal on entry.entry_id = reversal.reverses_entry_id
group by entry.entry_id, entry.growth_value
having entry.growth_value + sum(reversal.growth_value) < 0
