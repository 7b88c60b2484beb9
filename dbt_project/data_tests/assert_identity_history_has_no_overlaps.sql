-- A row here is a belief about a record that ends before it begins, or that overlaps the next one: "who was this on
-- that day" would have no answer, or two. Likely cause: loads stamped in another order than they were written.
select
    record_key,
    valid_from
from (
    select
        *,
        lead(valid_from) over (partition by record_key order by valid_from) as next_from
    from {{ ref('record_assignments') }}
) as beliefs
where
    valid_to < valid_from
    or next_from < valid_to
    or (valid_to is null and next_from is not null)
