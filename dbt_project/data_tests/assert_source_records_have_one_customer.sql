-- A row here is a source record that belongs to no customer, or to several at once: its orders, tickets and money
-- would be lost or counted twice. Likely cause: record_assignments was changed by hand, or a model ran without the one
-- before it.
select
    records.record_key,
    count(assignments.customer_id) as customer_count
from {{ ref('source_records') }} as records
left join {{ ref('record_assignments') }} as assignments
    on records.record_key = assignments.record_key
    and assignments.valid_to is null
group by records.record_key
having count(assignments.customer_id) <> 1
