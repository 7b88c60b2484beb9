-- A row here is a link between records of two customers: the closure stopped too early.
-- Likely cause: links and assignments are of two different runs.
select
    links.record_key_a,
    links.record_key_b
from {{ ref('record_links') }} as links
inner join {{ ref('record_assignments') }} as lefts
    on links.record_key_a = lefts.record_key
    and lefts.valid_to is null
inner join {{ ref('record_assignments') }} as rights
    on links.record_key_b = rights.record_key
    and rights.valid_to is null
where lefts.customer_id <> rights.customer_id
