-- A row here is an identifier that two customers share although it joins records: the closure stopped too early.
-- Likely cause: links and assignments are of two different runs.
select
    links.identifier_type,
    count(distinct assignments.customer_id) as customer_count
from {{ ref('record_links') }} as links
inner join {{ ref('record_assignments') }} as assignments
    on links.record_key = assignments.record_key
    and assignments.valid_to is null
group by links.identifier_type, links.identifier
having count(distinct assignments.customer_id) > 1
